import pytest

from coursekit.corpus.typography import text, tokens

END = "<fin>"
SPACED = (
    "había una vez una niña , Ana . entonces Ana dijo : « ¡ ven , Leo ! ¿ quién vive ? » . Leo contestó : "
    "« mi abuela dice : “ la luna duerme ” , Ana » . <fin>"
)
STORY = SPACED.split()
TEXT = (
    "Había una vez una niña, Ana. Entonces Ana dijo: «¡Ven, Leo! ¿Quién vive?». Leo contestó: "
    "«Mi abuela dice: “La luna duerme”, Ana»."
)


def test_text_follows_spanish_typography():
    assert text(STORY, END) == TEXT


def test_tokens_is_the_inverse():
    assert tokens(TEXT, STORY, END) == STORY


def test_stories_are_lines():
    two = ["Ana", "duerme", ".", END, "hola", END]
    assert text(two, END) == "Ana duerme.\nHola"
    assert tokens("Ana duerme.\n\nHola\n", two, END) == two
    assert text([], END) == ""
    assert tokens("", two, END) == []


def test_a_prefix_and_nonsense_can_be_shown():
    assert text(["«", "ven"], END) == "«Ven"
    assert text([".", ".", "ana"], END) == ".. Ana"
    assert text(["¡", "hola", "!", ",", "dijo"], END) == "¡Hola!, dijo"


def test_an_unknown_word_is_named():
    with pytest.raises(ValueError, match=r"expected words of the vocabulary \(2 of them\), got 'Xilófono'"):
        tokens("Hola Xilófono", ["hola", END], END)
