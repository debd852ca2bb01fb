"""What the tokenizers refuse, in one line that says what they got."""

import pytest

from coursekit.tokenizers import BPE, Unigram, WordPiece


@pytest.mark.parametrize("kind", [BPE, WordPiece, Unigram])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"hola", "text: expected str, or an iterable of str, got bytes"),  # whose items are numbers
        (3, "text: expected str, or an iterable of str, got int"),
        (None, "text: expected str, or an iterable of str, got NoneType"),
        (["hola", b"hola"], "text: expected str, got bytes"),
        (["hola", None], "text: expected str, got NoneType"),
    ],
)
def test_what_is_no_corpus_is_named(kind, text, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        kind.train(text, 300)
