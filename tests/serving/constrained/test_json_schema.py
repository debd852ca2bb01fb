"""JSON schemas: the pattern takes what the schema allows and nothing else; what it cannot say is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.serving.constrained import Automaton, schema_pattern

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 8},
        "age": {"type": "integer"},
        "tags": {"type": "array", "items": {"enum": ["a", "b\n", 3]}, "maxItems": 2},
        "alive": {"type": ["boolean", "null"]},
    },
    "required": ["age"],
}


def fits(schema, text):
    return Automaton(schema_pattern(schema)).matches(text)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer"}, ["0", "-7", "120"], ["", "01", "1.5", "+1", "-", '"1"']),
        ({"type": "number"}, ["0", "-1.5", "2e10", "1.0E-3"], [".5", "1.", "NaN", "Infinity"]),
        ({"type": "boolean"}, ["true", "false"], ["True", "1"]),
        ({"type": "null"}, ["null"], ["None", ""]),
        ({"type": "string"}, ['""', '"añ🤖"', r'"\"\\\n\u00e1"'], ['"', 'a"b"', '"a"b"', '"\n"', r'"\x"', r'"\u12"']),
        ({"type": "string", "minLength": 1, "maxLength": 2}, ['"a"', '"ñ🤖"', r'"\n\t"'], ['""', '"abc"']),
        ({"enum": ["a.b", 1, None]}, ['"a.b"', "1", "null"], ['"axb"', "a.b", "2"]),
        ({"const": {"x": [1]}}, ['{"x": [1]}'], ['{"x":[1]}']),
        ({"type": "array", "items": {"type": "integer"}}, ["[]", "[1]", "[1,2, 3]"], ["[1,]", "[,1]", "[1 2]", "[a]"]),
        (
            {"type": "array", "items": {"const": 1}, "minItems": 2, "maxItems": 3},
            ["[1,1]", "[1,1,1]"],
            ["[]", "[1]", "[1,1,1,1]"],
        ),
        ({"type": "array", "maxItems": 0}, ["[]"], ["[1]"]),
        ({"type": "object"}, ["{}"], ['{"a": 1}']),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, ["null", "3"], ["true"]),
        ({}, ['"a"', "1", "true", "null"], ["[]", "{}"]),
        (
            PERSON,
            [
                '{"age": 3}',
                '{"name": "Ana","age":3}',
                '{"age": 3, "tags": ["a", 3]}',
                '{"name": "", "age": 1, "alive": null}',
            ],
            [
                '{"name": "Ana"}',
                '{"age": 3,}',
                '{,"age": 3}',
                '{"age": 3 "alive": true}',
                '{"tags": [], "age": 3}',
                "{}",
            ],
        ),
    ],
)
def test_a_schema_takes_what_it_allows_and_nothing_else(schema, good, bad):
    assert [text for text in good if not fits(schema, text)] == []
    assert [text for text in bad if fits(schema, text)] == []
    assert all(json.loads(text) is not ... for text in good)


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {"age": st.integers(-(10**15), 10**15)},
        optional={
            "name": st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
            "tags": st.lists(st.sampled_from(["a", "b\n", 3]), max_size=2),
            "alive": st.sampled_from([True, False, None]),
        },
    )
)
def test_what_json_writes_of_an_allowed_value_fits(value):
    ordered = {name: value[name] for name in PERSON["properties"] if name in value}
    for ascii_only in (True, False):
        text = json.dumps(ordered, ensure_ascii=ascii_only)
        astral = ascii_only and any(ord(c) > 0xFFFF for c in value.get("name", ""))  # written as two characters
        assert fits(PERSON, text) or astral


def test_many_properties_that_may_be_missing_do_not_explode():
    schema = {"type": "object", "properties": {f"p{i}": {"type": "integer"} for i in range(30)}}
    assert len(schema_pattern(schema)) < 60_000
    assert fits(schema, '{"p3": 1, "p29": 2}')
    assert not fits(schema, '{"p29": 1, "p3": 2}')


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "date"}, "schema: expected a type that JSON has, got 'date'"),
        ({"type": "string", "pattern": "a"}, "schema: expected nothing but what is supported, got 'pattern'"),
        ({"$ref": "#"}, "schema: expected a type that JSON has, got None"),
        ({"type": "array", "items": {"type": "x"}}, "schema.items: expected a type"),
        ({"type": "object", "properties": {"a": {"type": "x"}}}, "schema.a: expected a type"),
        ({"type": "object", "required": ["a"]}, "schema: expected properties, and required with some of their names"),
        ({"type": "object", "additionalProperties": True}, "schema: expected additionalProperties false"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "schema: expected whole numbers minLength <= maxLength"),
        ({"type": "array", "minItems": -1}, "schema: expected whole numbers minItems"),
        ({"enum": []}, "schema: expected const, or enum with a list of values"),
        ({"anyOf": []}, "schema: expected anyOf with a list of schemas"),
        ([1], "schema: expected an object, got"),
    ],
)
def test_a_schema_that_asks_for_more_is_one_clear_line(schema, message):
    with pytest.raises(ValueError, match=message):
        schema_pattern(schema)
