"""Code cut out of source files as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.course.decks.source import code_drifts, extract, extract_code, sync_code
from coursekit.course.errors import CourseError

FIXTURES = Path(__file__).parents[1] / "fixtures_decks"

BODY = """scores = query @ key.transpose(-2, -1)  # (B, H, T, S)
scores = scores / query.shape[-1] ** 0.5
weights = scores.softmax(dim=-1)  # rows sum to one
return weights @ value  # (B, H, T, D)
"""


def code(key: str) -> str:
    return extract(key, [FIXTURES])


def test_a_function_without_its_docstring_though_its_imports_do_not_exist() -> None:
    indented = "".join(f"    {line}\n" for line in BODY.splitlines())
    assert code("fixture_kernel:attention") == "def attention(query, key, value):\n" + indented


def test_the_body_alone() -> None:
    assert code("fixture_kernel:attention part=body") == BODY


def test_the_docstring_on_request() -> None:
    whole = extract_code("fixture_kernel", "attention", [FIXTURES], docstring=True)
    assert '"""Softmax attention; this docstring stays off the slide."""' in whole
    assert code("fixture_kernel:attention docstring=yes") == whole


def test_a_method_and_a_marked_part() -> None:
    assert code("fixture_kernel:Layer.forward") == (
        "def forward(self, x):\n    y = self.norm(x)\n    return x + self.mix(y)\n"
    )
    assert code("fixture_kernel:Layer.forward part=residual") == "y = self.norm(x)\nreturn x + self.mix(y)\n"
    assert "docstring" not in code("fixture_kernel:Layer")
    assert "A layer" not in code("fixture_kernel:Layer")


def test_decorators_comments_and_packages(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    text = '@once\ndef f(x):\n    """Doc."""\n\n    # step 1\n    return x\n\n\ndef g():\n    """Only this."""\n'
    (tmp_path / "pack" / "__init__.py").write_text(text, encoding="utf-8")
    assert extract("pack:f", [tmp_path]) == "@once\ndef f(x):\n    # step 1\n    return x\n"
    assert extract("pack:f part=body", [tmp_path]) == "# step 1\nreturn x\n"
    assert extract("pack:g", [tmp_path]) == 'def g():\n    """Only this."""\n'


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("nowhere:f", "no module nowhere below"),
        ("fixture_kernel:nothing", r"fixture_kernel\.py has no nothing: it has attention, Layer"),
        ("fixture_kernel:Layer.back", "it has forward"),
        ("fixture_kernel:Layer.forward part=half", "has no part 'half': it has def, body, residual"),
        ("fixture_kernel", "expected module:name"),
        ("fixture_kernel:attention lines=1-2", "with options part, docstring"),
    ],
)
def test_what_does_not_exist_is_named_beside_what_does(key: str, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        code(key)


def test_an_open_part_is_an_error(tmp_path: Path) -> None:
    text = "def f(x):\n    # slide: begin a\n    return x\n\n\nz = 1\n# slide: end\n"
    (tmp_path / "m.py").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match="part 'a' of f is not closed"):
        extract("m:f part=a", [tmp_path])


def test_code_that_has_changed_is_named_with_its_line() -> None:
    fresh = "```python source=fixture_kernel:attention part=body\n" + BODY + "```\n"
    deck = (
        f"# Uno\n\n{fresh}\n{fresh.replace('sum to one', 'sum to two')}\n```python source=fixture_kernel:no\nx\n```\n"
    )
    assert [(line, problem[:33]) for line, _, problem in code_drifts(deck, [FIXTURES])] == [
        (10, "the code has changed since: run `"),
        (17, "fixture_kernel.py has no no: it h"),
    ]


@pytest.mark.parametrize("module", ["/secret", "..secret", "../secret", "%2e%2e.secret", "link"])
def test_code_outside_the_library_is_not_shown(tmp_path: Path, module: str) -> None:
    (tmp_path / "secret.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "link.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(CourseError, match="no module"):
        extract(f"{module}:f", [tmp_path / "src"])
    with pytest.raises(CourseError, match="no module"):
        extract(f"{tmp_path}/secret:f", [tmp_path / "src"])


def test_sync_rewrites_the_literal_and_nothing_else() -> None:
    deck = "# Uno\n\n```python source=fixture_kernel:attention part=body\nold\nolder\n```\n\n```python\nold\n```\n"
    synced = sync_code(deck, [FIXTURES])
    assert synced == deck.replace("old\nolder\n", BODY)
    assert sync_code(synced, [FIXTURES]) == synced
