"""FLUX for small images and words: what it is made of, and that all of it learns."""

from functools import partial

import pytest
import torch

from coursekit.diffusion.flow import euler, flow_loss, flow_times, guided
from coursekit.diffusion.flux import FluxConfig, WordedFlux
from coursekit.diffusion.flux.conditions import fill_beside
from coursekit.train import Budget, train

CONFIG = FluxConfig(channels=4, text_width=16, pooled_width=16, heads=2, axes=(2, 4, 4), double=1, single=1)
WORDS = torch.tensor([[1, 2, 0], [3, 4, 5]])


def test_it_answers_nothing_at_first_and_every_weight_can_learn():
    torch.manual_seed(0)
    model = WordedFlux(CONFIG, 6)
    x, t = torch.randn(2, 1, 4, 6), torch.tensor([0.2, 0.9])
    assert model(x, t, WORDS).shape == x.shape
    assert not model(x, t, WORDS).any()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.2 * torch.randn_like(weight))
    model(x, t, WORDS).square().sum().backward()
    assert all(weight.grad.any() for weight in model.parameters())


def test_letters_count_with_their_places_in_the_mean_padding_apart():
    torch.manual_seed(0)
    model = WordedFlux(CONFIG, 6)
    seen = []
    model.pooled.register_forward_hook(lambda _, given, y: seen.append(given[0]))
    model(torch.randn(3, 1, 4, 4), torch.ones(3), torch.tensor([[1, 2, 0], [3, 3, 3], [0, 0, 0]]))
    table = model.letters.weight
    expected = torch.stack([(table[1] + table[2]) / 2, table[3], torch.zeros(16)])
    torch.testing.assert_close(seen[0], expected)


def test_it_learns_which_image_a_word_means():
    images = torch.stack([torch.ones(1, 4, 4), -torch.ones(1, 4, 4)])
    rows = torch.arange(2).repeat(16)
    torch.manual_seed(0)
    model = WordedFlux(CONFIG, 6)
    batch = (WORDS[rows], images[rows])
    objective = partial(flow_loss, dropped=0.1, null=0)
    train(model, iter(lambda: batch, None), budget=Budget(steps=200), lr=1e-2, objective=objective)
    noise = torch.randn(2, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    made = euler(model_of(model), noise, flow_times(8))
    assert (made - images).abs().mean() < 0.3
    pushed = euler(guided(model, WORDS, 0, 2.0), noise, flow_times(8))
    assert (pushed.mean((1, 2, 3)) * images.mean((1, 2, 3)) > 0.7).all()


def model_of(model):
    return lambda x, t: model(x, t, WORDS)


def test_a_door_is_open_while_it_is_trained():
    config = FluxConfig(channels=12, out_channels=4, text_width=16, pooled_width=16, heads=2, axes=(2, 4, 4), double=1)
    config = FluxConfig(**{**vars(config), "single": 1})
    torch.manual_seed(0)
    model, mask = WordedFlux(config, 6), torch.ones(2, 4, 4)
    mask[:, :, :2] = 0
    images = torch.randn(2, 1, 4, 4)
    loss = flow_loss(model, WORDS, images, beside=lambda x: fill_beside(x * (1 - mask[:, None]), mask))
    loss.backward()
    assert model.transformer.image_out.weight.grad.any()
    with pytest.raises(ValueError, match="^image: expected 12 channels a token, got 4$"):
        model(images, torch.ones(2), WORDS)
