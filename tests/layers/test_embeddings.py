import torch

from coursekit.decoder import DecoderConfig
from coursekit.layers.embeddings import LearnedPositions, TokenEmbedding

CONFIG = DecoderConfig(vocab_size=5, width=4, layers=1, heads=1, context=6)
IDS = torch.tensor([[3, 1], [0, 3]])


def test_tokens():
    embedding = TokenEmbedding(CONFIG)
    assert torch.equal(embedding(IDS, torch.arange(2))[1, 1], embedding.tokens.weight[3])


def test_learned_positions_are_added():
    embedding = LearnedPositions(CONFIG)
    assert embedding.positions.weight.shape == (6, 4)
    expected = embedding.tokens.weight[3] + embedding.positions.weight[5]
    assert torch.equal(embedding(IDS, torch.tensor([4, 5]))[1, 1], expected)
    assert torch.equal(embedding(IDS, torch.tensor([[0, 1], [2, 5]]))[1, 1], expected)
