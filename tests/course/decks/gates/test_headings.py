"""The gate of the headings, of slides and of the columns of tables."""

from pathlib import Path

from plaindeck import plain_deck

from coursekit.course.decks.gates import headings


def table(*heads: str) -> str:
    return "<table><thead><tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr></thead></table>"


def test_slides_and_columns_have_headings(tmp_path: Path) -> None:
    deck = plain_deck(
        tmp_path,
        '<section data-slide="1"><p>Sin título, con texto</p></section>',
        f'<section data-slide="2"><h1>a</h1>{table("", "b")}</section>',  # the corner
        f'<section data-slide="3"><h1>a</h1>{table("a", " ", "c")}</section>',
        f'<section data-slide="4"><h1>a</h1>{table("")}</section>',
        '<section data-slide="5"><h3>Un título menor</h3></section>',
    )
    assert [(f.number, f.element, f.problem) for f in headings.check(deck)] == [
        (1, "slide «Sin título, con texto»", "has no heading, so no entry in the outline"),
        (3, "table «a |  | c»", "column 2 has no heading"),
        (4, "table «»", "column 1 has no heading"),
    ]
