"""What is prose and what is not: the rest is blanked, and no character moves."""

import pytest

from coursekit.course.text.mask import formulas, notes, sentences_only, styles, without_code, words_only

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
        ("![bg right:40%](a.svg)", "!["),
        ("![bg opacity:.3 blur](a.svg)", "!["),
        ("![right La curva](a.svg)", "![ La curva]"),
        ("<!-- header: El curso -->", "El curso"),
        ("<!--\nfooter: El curso\n-->", "El curso"),
        ("<!--\nclass: lead\nbackgroundColor: red\n-->", ""),
        ("<style scoped>\nsection { font-size: 20px }\n</style>\ny", "y"),
        ("La clase: una idea", "La clase: una idea"),
    ],
)
def test_marp_s_own_words_are_none(text, kept):
    assert sentences_only(text).replace("]", "").split() == kept.replace("]", "").split()


def test_notes_are_the_comments_that_set_nothing():
    slide = "<!-- _class: lead -->\n<!-- Nota -->\n<!--\nfooter: x\n-->\n<!--\nDos\nlíneas: con dos puntos\n-->\n"
    slide += "```html\n<!-- no -->\n```"
    assert [note[1].strip() for note in notes(slide)] == ["Nota", "Dos\nlíneas: con dos puntos"]


def test_formulas_and_styles_in_code_are_none():
    text = "$a$ y `$b$` y\n\n```text\n$c$ <style>x</style>\n```\n\n$$d$$ <style>p{}</style>"
    assert [formula[0] for formula in formulas(text)] == ["$a$", "$$d$$"]
    assert [style[0] for style in styles(text)] == ["<style>p{}</style>"]


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
