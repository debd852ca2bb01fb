import pytest
import torch

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.scoring.stream import stream_log2_probabilities
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.mamba2 import Mamba2

CONFIG = DecoderConfig(vocab_size=7, width=16, layers=2, heads=2, context=40)
IDS = torch.randint(7, (31,), generator=torch.Generator().manual_seed(0))


def _mamba2(config, linear):
    return Mamba2(config, linear, head_size=8, states=4)


@pytest.mark.parametrize("mixer", [Attention, Mamba, _mamba2])
@pytest.mark.parametrize("piece", [1, 7, 30, 100])
def test_in_pieces_it_is_one_forward_pass(mixer, piece):
    torch.manual_seed(0)
    model = Decoder(CONFIG, mixer=mixer, ffn=None).eval()
    with torch.no_grad():
        q = model(IDS[None, :-1]).softmax(-1)[0]  # (T - 1, V)
    wanted = torch.stack([q[t, IDS[t + 1]] for t in range(30)]).log2()
    assert (stream_log2_probabilities(model, IDS, piece) - wanted).abs().max() < 1e-5


def test_a_model_that_knows_nothing_pays_one_bit_for_one_of_two():
    model = Decoder(DecoderConfig(vocab_size=2, width=4, layers=1, heads=2, context=40))
    torch.nn.init.zeros_(model.embedding.tokens.weight)  # tied: all scores are 0, so each token has probability 1/2
    assert stream_log2_probabilities(model, torch.tensor([0, 1, 1, 0]), 2).tolist() == pytest.approx([-1, -1, -1])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_the_sum_over_the_vocabulary_is_never_in_half_precision(dtype):
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=300, width=16, layers=2, heads=2, context=40)).to(dtype).eval()
    text = torch.randint(300, (31,), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        logits = model(text[None, :-1])[0].double()
    wanted = logits.log_softmax(-1).gather(1, text[1:, None])[:, 0] / torch.tensor(2.0, dtype=torch.float64).log()
    bits = stream_log2_probabilities(model, text, 30)
    assert bits.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    torch.testing.assert_close(bits.double(), wanted, rtol=1e-6, atol=1e-6)


def test_progress_sees_every_piece():
    seen = []

    def watch(pieces):
        for piece in pieces:
            seen.append(piece)
            yield piece

    stream_log2_probabilities(Decoder(CONFIG), IDS, 8, progress=watch)
    assert seen == [0, 8, 16, 24]  # 30 tokens are read; the last one is only asked for


@pytest.mark.parametrize(("ids", "piece"), [(IDS[:1], 4), (IDS[None], 4), (IDS, 0), (IDS, 2.0), (IDS, True)])
def test_bad_input_is_said(ids, piece):
    with pytest.raises(ValueError, match=r"expected tokens \(n,\) with n >= 2, and piece >= 1, got"):
        stream_log2_probabilities(Decoder(CONFIG), ids, piece)
