"""Bits a token and bits a byte of the same stories."""

from itertools import islice

import pytest

from coursekit.corpus import cuentos
from coursekit.corpus.subwords import Subwords
from coursekit.experiments.tokenizers_compared import _measure, bits_per_byte, compare_tokenizers
from coursekit.tokenizers import BPE


def test_bits_a_token_and_a_byte_tell_the_same_cost():
    sample = list(islice(cuentos.stories(7), 3))
    tokenizer = BPE.train("\n".join(map(cuentos.text, sample)), 300)
    row = bits_per_byte(tokenizer, sample, 0, size=3000, width=16, layers=1, heads=2)
    assert row["token"] == pytest.approx(row["byte"] * row["bytes_per_token"])
    tokens = sum(len(tokenizer.encode(cuentos.text(story))) + 1 for story in sample)
    size = sum(len(cuentos.text(story).encode()) + 1 for story in sample)
    assert row["bytes_per_token"] == pytest.approx(size / tokens)
    both = compare_tokenizers({"a": tokenizer}, sample, seeds=(0, 1), size=1500)
    assert len(both["a"]) == 2
    assert both["a"][0] != both["a"][1]


def test_the_budget_is_the_tokens_that_hold_the_bytes():
    """Bytes as tokens: the first stories until they hold more than `size` bytes, and a longest one among those read."""
    pieces = Subwords(BPE.train("", 256))
    lengths = [pieces.bytes(story) for story in islice(cuentos.stories(7), 40)]
    whole = next(i for i in range(1, 41) if sum(lengths[:i]) > 3000)
    spared = next(i for i in range(1, 41) if sum(lengths[:i]) > 1.15 * 3000)
    assert _measure(pieces, 7, 3000) == (sum(lengths[:whole]), max(lengths[:spared]))
