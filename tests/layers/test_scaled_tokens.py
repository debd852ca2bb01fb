import torch

from coursekit.decoder import DecoderConfig
from coursekit.layers.scaled_tokens import ScaledTokens


def test_by_hand():
    # width 16: the vectors times 4
    embedding = ScaledTokens(DecoderConfig(vocab_size=5, width=16, layers=1, heads=1))
    ids = torch.tensor([[3, 1], [0, 3]])
    assert torch.equal(embedding(ids, None), 4 * embedding.tokens.weight[ids])


def test_the_factor_is_rounded_to_the_dtype_of_the_table():
    # sqrt(3072) = 55.4256; bfloat16 has steps of 1/4 there: 55.5. With 1 + 2^-7 (the next number after 1):
    # 55.5 * 1.0078125 = 55.93 -> 56, whereas 55.4256 * 1.0078125 = 55.859 -> 55.75
    embedding = ScaledTokens(DecoderConfig(vocab_size=1, width=3072, layers=1, heads=1)).to(torch.bfloat16)
    torch.nn.init.constant_(embedding.tokens.weight, 1 + 2**-7)
    assert embedding(torch.tensor([[0]]), None)[0, 0, 0].item() == 56
