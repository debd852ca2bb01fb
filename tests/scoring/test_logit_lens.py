"""The logit lens: its last row is the model's answer, and a row is what a model cut off there would answer."""

import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.scoring.logit_lens import logit_lens


def test_each_row_is_the_answer_of_the_model_cut_off_there():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=11, width=24, layers=3, heads=4, context=16)).double().eval()
    ids = torch.tensor([[1, 5, 3], [0, 10, 2]])
    lens = logit_lens(model, ids)
    assert lens.shape == (4, 2, 11)
    with torch.no_grad():
        torch.testing.assert_close(lens[-1], model(ids)[:, -1])
        blocks = model.blocks
        for layers in range(4):
            model.blocks = blocks[:layers]
            torch.testing.assert_close(lens[layers], model(ids)[:, -1])
    assert not torch.allclose(lens[0], lens[3])
