"""What is prose and what is not: the rest is blanked, and no character moves."""

import pytest

from coursekit.course.text.mask import sentences_only, without_code, words_only

SAMPLE = """\
# Título con `código` y $x_1 \\le y$

<!-- _class: claim
_minutes: 2 -->

```python
palabra = 1  # comentario
```

Ve [el sitio](https://example.org/a_(b) "t"), https://example.org/c y <b id="x">99</b> [@clave, tabla 1].

$$
\\frac{a}{b}
$$

Una *embedding* y **negrita** de GQA, bf16, kv_heads, torch.arange, check("02", merge) y notebooks/09-mini.ipynb.

<!--
Nota que se lee.
-->
"""


@pytest.mark.parametrize("mask", [without_code, sentences_only, words_only])
def test_nothing_moves(mask):
    masked = mask(SAMPLE)
    assert len(masked) == len(SAMPLE)
    assert [i for i, c in enumerate(masked) if c == "\n"] == [i for i, c in enumerate(SAMPLE) if c == "\n"]
    assert all(new in (old, " ") for old, new in zip(SAMPLE, masked))


def test_sentences_have_no_code_no_addresses_and_no_citations():
    assert " ".join(sentences_only(SAMPLE).split()) == (
        "# Título con y Ve [el sitio] , y 99 . Una *embedding* y **negrita** de GQA, bf16, kv_heads, torch.arange, "
        'check("02", merge) y . Nota que se lee.'
    )


def test_words_have_no_italics_no_identifiers_and_no_acronyms():
    kept = "# Título con y Ve [el sitio] , y . Una y **negrita** de , , , , y . Nota que se lee."
    assert " ".join(words_only(SAMPLE).split()) == kept


def test_a_term_that_is_marked_is_no_word_to_spell():
    assert words_only('no <span data-term="cita">«esparso»</span> sí').split() == ["no", "sí"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("cuesta 5 $ y vale 6 $ más", "cuesta 5 $ y vale 6 $ más"),
        ("```` ```x ```` dentro", " dentro"),
        ("~~~\nx\n~~~\ny", "y"),
        ("```\nsin cierre", ""),
        ("un `acento\n\ngrave` suelto", "un `acento grave` suelto"),
    ],
)
def test_where_code_begins_and_ends(text, kept):
    assert without_code(text).split() == kept.split()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2 * 3 * 4 dan", "* * dan"),
        ("_una_ o otra", "o otra"),
        ("*de una\na otra* línea", "línea"),
        ("**las dos** y *una*", "**las dos** y"),
    ],
)
def test_italics(text, kept):
    assert words_only(text).split() == kept.split()
