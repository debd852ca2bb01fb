"""The gate of the presenter notes."""

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import notes


def test_notes_are_asked_of_content_slides_only(tmp_path: Path) -> None:
    deck = plain_deck(
        tmp_path,
        '<section data-slide="1" class="lead" data-note-words="0"><h1>a</h1></section>',
        '<section data-slide="2" data-note-words="0"><h1>b</h1></section>',
        '<section data-slide="3" data-note-words="5"><h1>c</h1></section>',
        '<section data-slide="4"><h1>student</h1></section>',
        '<section data-slide="5" class="references" data-note-words="0"><h1>d</h1></section>',
        '<section data-slide="6" data-note-words="4"><h1>e</h1></section>',
        '<section data-slide="7" class="appendix" data-note-words="1"><h1>f</h1></section>',
    )
    assert [(finding.number, finding.title, finding.problem) for finding in notes.check(deck)] == [
        (2, "b", "there are none"),
        (6, "e", "are of 4 words"),
        (7, "f", "are of 1 word"),
    ]


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("Di Pregunta Respuesta Enlace", []),
        ("Di", []),
        ("", ["do not say what to say"]),
        ("Pregunta", ["do not say what to say", "ask and do not answer"]),
        ("Di Pregunta", ["ask and do not answer"]),
    ],
)
def test_a_note_of_the_second_edition_can_be_read_aloud(tmp_path, says, told):
    marks = f'data-slide="1" data-note-words="20" data-note-says="{says}"'
    deck = plain_deck(tmp_path, f'<section {marks} data-edition="2"><h1>A</h1></section>')
    assert [finding.problem for finding in notes.check(deck)] == told
    assert list(notes.check(plain_deck(tmp_path, f"<section {marks}><h1>A</h1></section>"))) == []
    part = plain_deck(tmp_path, f'<section {marks} data-edition="2" class="part"><h1>A</h1></section>')
    assert list(notes.check(part)) == []
