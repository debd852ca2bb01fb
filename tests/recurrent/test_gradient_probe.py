from functools import partial

import pytest
import torch
from torch.nn.functional import cross_entropy

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.recurrent import GRU, LSTM, LSTM1997, Elman, RecurrentMixer
from coursekit.recurrent.gradient_probe import gradient_norms
from coursekit.recurrent.unroll import unroll

CONFIG = DecoderConfig(vocab_size=7, width=8, layers=2, heads=2, context=12, rope_base=None)


def build(layer, config=CONFIG):
    torch.manual_seed(0)
    decoder = Decoder(config, mixer=partial(RecurrentMixer, layer=layer), ffn=None).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return decoder


def text(length=9):
    generator = torch.Generator().manual_seed(1)
    return torch.randint(7, (3, length), generator=generator), torch.randint(7, (3,), generator=generator)


@pytest.mark.parametrize(("layer", "parts"), [(Elman, 1), (GRU, 1), (LSTM, 2), (LSTM1997, 2)])
def test_the_gradient_is_what_moving_the_state_does(layer, parts):
    """Against a central difference: the state of the upper layer, which nothing but its next step reads, is moved."""
    model, (inputs, targets) = build(layer), text()
    norms = gradient_norms(model, inputs, targets, layer=1)
    assert norms.shape == (parts, 9, 3)

    @torch.no_grad()
    def loss(k, part, unit, by):
        cache = model.new_cache(3)
        model(inputs[:, : 9 - k], cache)
        state = [tensor.clone() for tensor in cache.layers[1].state]
        gate = state[0] / state[-1].tanh()  # of h = o tanh(c), which moves with c
        state[part][:, unit] += by
        if part == 1:
            state[0] = gate * state[1].tanh()
        cache.layers[1].state = tuple(state)
        logits = model(inputs[:, 9 - k :], cache)[:, -1]
        return cross_entropy(logits, targets, reduction="none")

    step = 1e-6
    for k in (1, 4, 8):
        for part in range(parts):
            gradient = [(loss(k, part, u, step) - loss(k, part, u, -step)) / (2 * step) for u in range(8)]
            # a central difference is off by step^2, and by 1e-16 / step
            torch.testing.assert_close(norms[part, k], torch.stack(gradient).norm(dim=0), rtol=1e-4, atol=1e-9)


def test_a_state_counts_with_what_it_gives_to_the_layer_above():
    # where the layer above alone reads the past, that way is the only one: its recurrence is kept, the lower one's cut
    model, (inputs, targets) = build(Elman), text()
    with torch.no_grad():
        model.blocks[0].mixer.layer.weight_hh_l0.zero_()
    norms = gradient_norms(model, inputs, targets, 0)
    assert (norms[:, :6] > 1e-9).all()
    with torch.no_grad():
        model.blocks[1].mixer.layer.weight_hh_l0.zero_()
    norms = gradient_norms(model, inputs, targets, 0)
    assert (norms[:, 0] > 0).all()
    assert norms[:, 1:].abs().max() == 0


def test_elman_s_gradient_is_a_product_of_one_factor_a_step():
    # one unit, U = 1/2: dh_(t+1) / dh_t = (1 - h^2) / 2. One layer, so nothing else reads the state but the next step
    model = build(Elman, DecoderConfig(vocab_size=7, width=1, layers=1, heads=1, context=12, rope_base=None))
    inputs, targets = text()
    with torch.no_grad():
        model.blocks[0].mixer.layer.weight_hh_l0.fill_(0.5)
        cache, states = model.new_cache(3), []
        for token in inputs.split(1, dim=1):
            model(token, cache)
            states.append(cache.layers[0].state[0][:, 0])
    norms = gradient_norms(model, inputs, targets)[0]
    for k in range(1, 9):
        factor = (1 - states[9 - k].square()) / 2
        torch.testing.assert_close(norms[k], norms[k - 1] * factor, rtol=1e-10, atol=0)


def test_the_memory_of_1997_keeps_an_error_as_it_is():
    # without what the gates read of h, dc is the same at every distance
    model = build(LSTM1997, DecoderConfig(vocab_size=7, width=8, layers=1, heads=2, context=12, rope_base=None))
    with torch.no_grad():
        model.blocks[0].mixer.layer.weight_hh_l0.zero_()
    inputs, targets = text()
    norms = gradient_norms(model, inputs, targets)
    torch.testing.assert_close(norms[1], norms[1, :1].expand(9, -1), rtol=1e-12, atol=0)
    assert norms[0, 1:].abs().max() == 0


def test_rows_are_on_their_own_and_the_model_is_as_before():
    model, (inputs, targets) = build(LSTM), text()
    with torch.no_grad():
        norms = gradient_norms(model, inputs, targets)
    alone = gradient_norms(model, inputs[1:2], targets[1:2])
    torch.testing.assert_close(norms[:, :, 1:2], alone, rtol=1e-10, atol=1e-15)
    assert all(block.mixer.unroll is unroll for block in model.blocks)
    assert all(weight.grad is None for weight in model.parameters())


def test_other_mixers_have_no_such_state():
    model = Decoder(CONFIG, mixer=[Attention, RecurrentMixer])
    with pytest.raises(ValueError, match="^layer: expected a RecurrentMixer, got Attention in layer 0$"):
        gradient_norms(model, *text())
