"""Sentences as vectors: a mean worked by hand, and batches that change nothing."""

import pytest
import torch
from torch import nn

from coursekit.decoder import DecoderConfig
from coursekit.serving import sentence_embeddings


class Letters:
    """Each letter is a token: a = 1, b = 2 ...; 9 opens a text, 8 closes it, 0 is padding."""

    padding = 0

    def sentence(self, text, longest=None):
        ids = ["abcdefg".index(letter) + 1 for letter in text]
        return [9, *ids[: None if longest is None else longest - 2], 8]


class Table(nn.Module):
    """A vector a token, whatever stands beside it; padding has a large one."""

    def __init__(self):
        super().__init__()
        self.config = DecoderConfig(vocab_size=10, width=2, layers=1, heads=1)
        vectors = [[100, -50], [3, 0], [0, 3], [1, 1], [2, 2], [3, 3], [5, 0], [0, 5], [0, 1], [1, 0]]
        self.vectors = nn.Parameter(torch.tensor(vectors, dtype=torch.float32))
        self.read = []

    def forward(self, input_ids, attention_mask):
        self.read.append((input_ids.tolist(), attention_mask.tolist()))
        return self.vectors[input_ids]


def test_the_mean_of_the_real_tokens_with_length_1():
    table = Table()
    vectors = sentence_embeddings(table, Letters(), ["aab", ""])
    # "aab": (1 0) (3 0) (3 0) (0 3) (0 1): sum (7 4), whose direction is that of the mean; length sqrt(49 + 16)
    # "": (1 0) (0 1): (1 1) / sqrt(2)
    torch.testing.assert_close(vectors, torch.tensor([[7, 4], [1, 1]]) / torch.tensor([[65], [2]]).sqrt())
    assert table.read == [([[9, 1, 1, 2, 8], [9, 8, 0, 0, 0]], [[True] * 5, [True, True, False, False, False]])]
    assert not vectors.is_inference()
    assert not vectors.requires_grad


def test_batches_are_filled_up_to_their_own_longest_and_long_texts_are_cut():
    table, texts = Table(), ["a", "abc", "abcdef", "b", "bbb"]
    expected = sentence_embeddings(table, Letters(), texts)
    table.read.clear()
    torch.testing.assert_close(sentence_embeddings(table, Letters(), texts, batch=2), expected)
    assert [[len(ids) for ids in read] for read, _ in table.read] == [[5, 5], [8, 8], [5]]
    cut = sentence_embeddings(table, Letters(), ["abcdef"], longest=4)
    torch.testing.assert_close(cut, sentence_embeddings(table, Letters(), ["ab"]))


def test_no_text_and_one_str():
    assert sentence_embeddings(Table(), Letters(), []).shape == (0, 2)
    with pytest.raises(ValueError, match=r"texts: expected a list of str, got one str; write \['abc'\]"):
        sentence_embeddings(Table(), Letters(), "abc")
