import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.packing import IGNORED
from coursekit.recurrent import RecurrentMixer
from coursekit.recurrent.truncated import truncated_loss
from coursekit.train import Budget, next_token_loss, train

CONFIG = DecoderConfig(vocab_size=7, width=16, layers=2, heads=2, context=12, rope_base=None)


def build():
    torch.manual_seed(0)
    return Decoder(CONFIG, mixer=RecurrentMixer).double()


def rows():
    generator = torch.Generator().manual_seed(1)
    inputs, targets = torch.randint(7, (2, 3, 12), generator=generator)
    targets[0, 9:] = targets[1, :2] = IGNORED
    return inputs, targets


def gradients(model, loss):
    return torch.autograd.grad(loss, [*model.parameters()])


@pytest.mark.parametrize("piece", [12, 30])
def test_a_piece_as_long_as_the_row_cuts_nothing(piece):
    model, batch = build(), rows()
    loss, whole = truncated_loss(piece)(model, *batch), next_token_loss(model, *batch)
    torch.testing.assert_close(loss, whole, rtol=0, atol=1e-12)
    for cut, full in zip(gradients(model, loss), gradients(model, whole)):
        torch.testing.assert_close(cut, full, rtol=0, atol=1e-12)


@pytest.mark.parametrize("piece", [1, 5])
def test_the_loss_is_the_row_s_and_the_gradient_looks_back_one_piece(piece):
    model, (inputs, targets) = build(), rows()
    loss = truncated_loss(piece)(model, inputs, targets)
    torch.testing.assert_close(loss, next_token_loss(model, inputs, targets), rtol=0, atol=1e-12)
    # the embedding of an id that stands in the first piece alone, asked for in a later piece alone
    inputs[:] = inputs.clamp(max=5)
    inputs[:, 0] = 6
    targets[:, :piece] = IGNORED
    row = truncated_loss(piece)(model, inputs, targets)
    untied = model.embedding.tokens.weight
    whole = next_token_loss(model, inputs, targets)
    cut, full = (torch.autograd.grad(loss, untied)[0][6] for loss in (row, whole))
    # the head is tied, and scores id 6, too: that part of the gradient is the same for both
    with torch.no_grad():
        seen = model.embedding(inputs, None)
    x = seen.clone().requires_grad_()
    model.embedding.forward = lambda ids, positions: x[:, : ids.shape[1]] if ids.shape[1] == 12 else x
    (direct,) = torch.autograd.grad(next_token_loss(model, inputs, targets), x)
    torch.testing.assert_close(full - direct[:, 0].sum(0), cut, rtol=0, atol=1e-12)
    assert direct[:, 0].abs().max() > 1e-8


def test_it_is_an_objective_of_train():
    model = build().float()
    history = train(model, iter([rows()] * 30), budget=Budget(steps=30), objective=truncated_loss(4), progress=False)
    assert history.loss[-1] < history.loss[0] - 0.2


@pytest.mark.parametrize("piece", [0, 2.5])
def test_a_piece_has_tokens(piece):
    with pytest.raises(ValueError, match=f"^piece: expected a whole number >= 1, got {piece}$"):
        truncated_loss(piece)
