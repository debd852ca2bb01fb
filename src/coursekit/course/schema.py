"""A file's data held to the types that it must have: the first thing that is wrong, in one line.

The types are dataclasses whose fields say what they allow; what a table must say as a whole, its `__post_init__` checks
with a ValueError. Keys that no field has are errors: a misspelt `equal = 3` must not silently switch a check off.
"""

from __future__ import annotations

import re
import sys
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    TypeAdapter,
    ValidationError,
)

from coursekit.course.errors import CourseError

T = TypeVar("T")
STRICT = ConfigDict(extra="forbid")  # of each dataclass, as its `__pydantic_config__`
LOOSE = ConfigDict(extra="ignore")  # of a table of which only some keys are read
_TOP, _LENGTH = "the top level", 60  # _LENGTH: of a value that a message quotes
_UNKNOWN = "unexpected_keyword_argument"
_WANTED = {"dataclass_type": "a table", "dict_type": "a table", "tuple_type": "a list", "string_type": "a text"}


def matching(pattern: str, what: str) -> AfterValidator:
    """A text must match `pattern` from its first to its last character; `what` says in words what that is."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"expected {what}, got {brief(text)}")
        return text

    return AfterValidator(check)


def whole(least: int, most: int) -> Any:
    """The type of a whole number of this range."""
    return Annotated[int, Strict(), Field(ge=least, le=most)]


def tables(key: str, kind: type) -> Any:
    """The type of the ``[[key]]`` tables of a file."""

    def check(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"expected [[{key}]] tables, got {brief(value)}")
        return value

    return Annotated[tuple[kind, ...], BeforeValidator(check), Field(alias=key)]


def _number(value: Any) -> int | float:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:  # nor is nan
        raise ValueError(f"expected a finite number, got {brief(value)}")
    return value


def _band(value: Any) -> tuple[float, float]:
    numbers = isinstance(value, list) and len(value) == 2 and all(type(end) in (int, float) for end in value)
    if not numbers or not -sys.float_info.max <= value[0] <= value[1] <= sys.float_info.max:  # nan is in no order
        raise ValueError(f"expected [low, high], two finite numbers, got {brief(value)}")
    return float(value[0]), float(value[1])


Text = Annotated[str, Strict()]
Words = Annotated[Text, matching(r"(?s).*\S.*", "some words")]
Flag = Annotated[bool, Strict()]
Number = Annotated[float, PlainValidator(_number)]  # a whole number stays an int: 2⁵³ + 1 is no float
Band = Annotated[tuple[float, float], BeforeValidator(_band)]


def validated(kind: type[T], data: Any, name: str, *, top: str = _TOP, remedy: str = "") -> T:
    """`data` (what TOML or JSON gave) as a `kind`.

    Args:
        name: the file, as the message names it.
        top: what `data` is in it.
        remedy: what to do, where nobody writes the file by hand.

    Raises:
        CourseError: for the first thing that is wrong: file, table, key, and what is expected.
    """
    adapter = _adapter(kind)
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda found: found["type"] != _UNKNOWN)
        said = _line(first, kind, data, top)
        remedy = remedy or ("add it" if first["type"] == "missing" else "")
        raise CourseError(f"{name}: {said}{remedy and f': {remedy}'}") from None


def brief(value: Any) -> str:
    """A value as a message quotes it: as Python writes it, on one line, not at length."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # a whole number of thousands of digits
        text = "a number of thousands of digits"
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"


@cache
def _adapter(kind: type) -> TypeAdapter:
    return TypeAdapter(kind)


def _line(error: dict[str, Any], kind: type, data: Any, top: str) -> str:
    table, key = _place(error["loc"], data)
    table = table or top
    if error["type"] == _UNKNOWN:
        return f"unknown key {key!r} in {table}: {_known(kind, error['loc'])}"
    if error["type"] == "missing":
        return f"{table} has no {key!r}"
    if error["type"] == "value_error":
        said = str(error["ctx"]["error"])
    else:
        wanted = _WANTED.get(error["type"]) or error["msg"].removeprefix("Input should be ")
        said = f"expected {wanted}, got {brief(error['input'])}"
    named = said.replace("expected ", f"expected {key} to be ", 1) if key and said.startswith("expected ") else said
    return named if table == top == _TOP and key else f"{table}: {named}"


def _place(where: tuple[str | int, ...], data: Any) -> tuple[str, str]:
    """The table of a place in a file, by the name that its author knows it by ("" for the top), and the key in it."""
    if not where:
        return "", ""
    first, *rest = where
    inside = data[first] if rest else None
    if isinstance(inside, dict):
        return f"[{first}]", _key(rest)
    if isinstance(inside, list) and isinstance(table := inside[rest[0]], dict):
        name = table.get("id")
        return f"{first} {name!r}" if isinstance(name, str) else f"[[{first}]] {rest[0] + 1}", _key(rest[1:])
    return "", _key(where)


def _key(where: tuple[str | int, ...]) -> str:
    inner = [part for part in where if part != "[key]"]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inner).removeprefix(".")


def _known(kind: type, where: tuple[str | int, ...]) -> str:
    """What to do about an unknown key: the one that was meant, or all that there are."""
    known = _keys(kind)
    for part in where[:-1]:
        known = _keys(known[part]) if isinstance(part, str) else known
    near = get_close_matches(str(where[-1]), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"expected {', '.join(known)}"


def _keys(kind: Any) -> dict[str, Any]:
    """Of a dataclass, or of a type that holds one: its keys as a file names them, and their types."""
    while not is_dataclass(kind):
        kind = get_args(kind)[0]
    hints = get_type_hints(kind, include_extras=True)
    return {_alias(hints[field.name]) or field.name: hints[field.name] for field in fields(kind)}


def _alias(hint: Any) -> str:
    return next((more.alias for more in get_args(hint) if getattr(more, "alias", None)), "")
