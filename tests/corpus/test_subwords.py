from itertools import islice

from coursekit.corpus import cuentos
from coursekit.corpus.subwords import Subwords
from coursekit.tokenizers import BPE

STORY = ["El", "niño", "dormía", ".", cuentos.END]


def test_bytes_by_hand():
    # «El niño dormía.»: E l space, n i ñ(2) o space, d o r m í(2) a, full stop: 17 bytes, and END
    assert cuentos.text(STORY) == "El niño dormía."
    assert Subwords(BPE([])).bytes(STORY) == 3 + 6 + 7 + 1 + 1


def test_one_token_a_byte_without_merges():
    corpus = Subwords(BPE([]))
    assert corpus.vocab_size == 257
    ids = corpus.encode(STORY)
    assert len(ids) == corpus.bytes(STORY)
    assert ids[-1] == 256
    assert max(ids[:-1]) < 256


def test_merges_shorten_and_nothing_is_lost():
    stories = list(islice(cuentos.stories(0), 30))
    tokenizer = BPE.train([cuentos.text(story) for story in stories], 400)
    corpus = Subwords(tokenizer)
    for story in stories:
        ids = corpus.encode(story)
        assert len(ids) < corpus.bytes(story)
        assert cuentos.tokens(tokenizer.decode(ids[:-1])) == story
        assert corpus.log2_probability(story) == cuentos.log2_probability(story)
