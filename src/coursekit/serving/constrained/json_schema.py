"""A JSON schema as a regular expression: without references to itself a schema is regular."""

import json
import re

_STRING = r'[^"\\\x00-\x1f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4})'.replace(r"\x00-\x1f", "\x00-\x1f")
_INTEGER = r"-?(0|[1-9]\d{0,15})"
_TYPES = {
    "string": f'"({_STRING})*"',
    "integer": _INTEGER,
    "number": _INTEGER + r"(\.\d{1,15})?([eE][+\-]?\d{1,2})?",
    "boolean": "(true|false)",
    "null": "null",
}
_SPACE = " ?"
_IGNORED = {"title", "description", "$schema", "default", "examples"}
_KNOWN = {
    "string": {"minLength", "maxLength"},
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties"},
}


def schema_pattern(schema):
    """The regular expression of the JSON texts that a schema allows.

    Types string, integer, number, boolean, null, array, object; enum, const, anyOf; minLength, maxLength, minItems,
    maxItems; the properties of an object in the order of the schema, those that are not required perhaps left out,
    no others. A space may stand after a comma and a colon. Numbers have at most 16 digits: a text that may go on for
    ever is not what anybody wants of a number.

    Args: schema: dict; True or {} allows any string, number, boolean or null.
    Returns: str.
    Raises: ValueError, with the place, for a schema that asks for more.

    Taught in: 07-despliegue
    """
    return _pattern(schema, "schema")


def _pattern(schema, where):
    if schema is True or schema == {}:
        return f"({'|'.join(_TYPES[name] for name in ('string', 'number', 'boolean', 'null'))})"
    if not isinstance(schema, dict):
        raise ValueError(f"{where}: expected an object, got {str(schema)[:40]!r}")
    rest = set(schema) - _IGNORED
    if "const" in rest or "enum" in rest:
        values = [schema["const"]] if "const" in rest else schema["enum"]
        if not isinstance(values, list) or not values or len(rest - {"type"}) != 1:
            raise ValueError(f"{where}: expected const, or enum with a list of values, and nothing else")
        return f"({'|'.join(_escaped(json.dumps(value, ensure_ascii=False)) for value in values)})"
    if "anyOf" in rest:
        parts = schema["anyOf"]
        if not isinstance(parts, list) or not parts or len(rest) != 1:
            raise ValueError(f"{where}: expected anyOf with a list of schemas, and nothing else")
        return f"({'|'.join(_pattern(part, f'{where}.anyOf') for part in parts)})"
    kind = schema.get("type")
    if isinstance(kind, list) and kind:
        return f"({'|'.join(_pattern({**schema, 'type': one}, where) for one in kind)})"
    if not isinstance(kind, str) or kind not in {*_TYPES, "array", "object"}:
        raise ValueError(f"{where}: expected a type that JSON has, got {kind!r:.40}")
    if unknown := rest - {"type"} - _KNOWN.get(kind, set()):
        raise ValueError(f"{where}: expected nothing but what is supported, got {sorted(unknown)[0]!r:.40}")
    if kind == "array":
        return _array(schema, where)
    if kind == "object":
        return _object(schema, where)
    if kind == "string" and rest & {"minLength", "maxLength"}:
        return f'"({_STRING}){_times(*_numbers(schema, "Length", where))}"'
    return _TYPES[kind]


def _array(schema, where):
    item = _pattern(schema.get("items", True), f"{where}.items")
    least, most = _numbers(schema, "Items", where)
    if most == 0:
        return r"\[\]"
    some = f"{item}(,{_SPACE}{item}){_times(max(least - 1, 0), None if most is None else most - 1)}"
    return rf"\[{some}\]" if least else rf"\[({some})?\]"


def _object(schema, where):
    if schema.get("additionalProperties", False) is not False:
        raise ValueError(f"{where}: expected additionalProperties false, others cannot be told apart")
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list) or set(map(str, required)) - set(properties):
        raise ValueError(f"{where}: expected properties, and required with some of their names")
    pairs = [
        (
            f"{_escaped(json.dumps(name, ensure_ascii=False))}:{_SPACE}{_pattern(part, f'{where}.{name}')}",
            name in required,
        )
        for name, part in properties.items()
    ]
    return rf"\{{{_members(pairs, first=True)}\}}"


def _members(pairs, first):
    """The pairs in their order, those that are not required perhaps left out; with a comma before all but the first."""
    if not pairs:
        return ""
    (pair, required), *rest = pairs
    more = _members(rest, first=False)
    if not first:
        return f"(,{_SPACE}{pair}){'' if required else '?'}{more}"
    return pair + more if required else f"({pair}{more}|{_members(rest, first=True)})"


def _times(least, most):
    return f"{{{least},{'' if most is None else most}}}"


def _numbers(schema, what, where):
    least, most = schema.get(f"min{what}", 0), schema.get(f"max{what}")
    whole = all(type(number) is int and number >= 0 for number in (least, 0 if most is None else most))
    if not whole or (most is not None and most < least):
        raise ValueError(f"{where}: expected whole numbers min{what} <= max{what}, got {least!r:.20} and {most!r:.20}")
    return least, most


def _escaped(text):
    return re.sub(r"([\\.\[\](){}*+?|^$\-/\"'#&~ ])", lambda found: "\\" + found[0], text)
