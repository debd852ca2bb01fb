"""Deckset's notes: none is lost, none is shown, and nothing else becomes one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.course.decks.deckset import convert

COMMENT = re.compile(r"<!--+\s*([\s\S]*?)\s*--+>")  # as Marp finds them


def test_deckset_notes_become_comments_and_code_stays():
    deck = "# A\n\n^ **Notas:** uno --> dos\n^ tres\n\n---\n\n```\n^ code\n```\n\n^ fin"
    assert convert(deck) == (
        "# A\n\n<!--\n**Notas:** uno –> dos\ntres\n-->\n\n---\n\n```\n^ code\n```\n\n<!--\nfin\n-->\n"
    )


@pytest.mark.parametrize(
    "deck",
    [
        "~~~\n^ a\n~~~\n",
        "- uno\n\n  ```\n^ a\n  ```\n",
        "````markdown\n```\n^ a\n```\n^ b\n````\n",
        "Sea\n\n$$\nx\n^2\n$$\n",
        "    ^ a\n",
        "| a | b |\n|---|---|\n^ c | d\n",
        "<!-- nota\n^ a -->\n",
        "<pre>\n^ a\n</pre>\n",
        "> ^ a\n\n$x$ y $$z^2$$\n\n[^1]: nota\n",
    ],
)
def test_other_carets_stay(deck):
    assert convert(deck) == deck


def test_a_note_is_its_whole_paragraph():
    assert convert("Hola.\n^ uno\ndos\n- tres\n# Título\n\n^\n") == (
        "Hola.\n\n<!--\nuno\ndos\n- tres\n-->\n\n# Título\n\n"
    )


@pytest.mark.parametrize(
    "note",
    [
        "footer: no digáis el sueldo de Ana",
        "_class: lead",
        "Primero\ncolor: rojo",
        "{header: x}",
        '"footer": x',
        "markdownlint-disable",
    ],
)
def test_a_note_that_reads_as_a_directive_is_written_as_words(note):
    (said,) = COMMENT.findall(convert("^ " + note))
    assert re.findall(r"\w+", said) == re.findall(r"\w+", note)
    assert not re.search(r"^\s*[\"'{]?_?(?:footer|class|color|header)[\"']?:|^markdownlint-", said, re.MULTILINE)


WORDS = st.lists(
    st.sampled_from(["alfa", "beta", "footer:", "_class:", "#", "-", "-->", "$", "|", "^", "<b>", "`d`", "{e:", "~"]),
    min_size=1,
).map(" ".join)
SHOWN = st.sampled_from(
    ["# Título uno", "Un párrafo.", "```\n^ código\n```", "$$\nx\n^2\n$$", "- lista\n- otra", "---"]
)


@given(st.lists(st.one_of(WORDS.map(lambda words: ("note", words)), SHOWN.map(lambda text: ("shown", text)))))
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_and_no_note_is_shown(blocks):
    deck = "\n\n".join(f"^ {text}" if kind == "note" else text for kind, text in blocks)
    new = convert(deck)
    assert sorted(re.findall(r"\w+", new)) == sorted(re.findall(r"\w+", deck))
    said = [re.findall(r"\w+", note) for note in COMMENT.findall(new)]
    assert said == [words for kind, text in blocks if kind == "note" if (words := re.findall(r"\w+", text)) or text]
    shown = re.findall(r"\w+", COMMENT.sub("", new))
    assert shown == [word for kind, text in blocks if kind == "shown" for word in re.findall(r"\w+", text)]
