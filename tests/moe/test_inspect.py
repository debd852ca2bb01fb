"""Who was chosen, and a model without one of its experts."""

from functools import partial

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.moe import MixtureOfExperts
from coursekit.moe.inspect import choices, mixtures, without_expert
from coursekit.moe.routers import BiasedRouter, TopKRouter

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=2, ffn_width=24, context=70)
IDS = torch.arange(26).view(2, 13) % 13


def build(**options):
    torch.manual_seed(0)
    return Decoder(CONFIG, ffn=partial(MixtureOfExperts, experts=4, **options))


def test_choices_are_those_of_the_routers():
    model = build()
    found = choices(model, IDS)
    assert found.shape == (2, 2, 13, 2)
    assert model.training
    for layer, mixture in zip(found, mixtures(model)):
        assert (layer.flatten(0, 1) == mixture.routing.indices).all()
    assert (found[..., 0] != found[..., 1]).all()


def test_without_the_router_biases_that_training_would_move():
    """In training the bias follows the load; looking must not train."""
    model = build(router=BiasedRouter).train()
    choices(model, IDS)
    assert all((mixture.router.bias == 0).all() for mixture in mixtures(model))


@pytest.mark.parametrize("router", [TopKRouter, BiasedRouter])
def test_without_an_expert_its_tokens_go_to_the_next_best(router):
    model = build(router=router).eval()
    mixture, before = mixtures(model)[0], choices(model, IDS)[0]
    ranked = mixture.routing.logits.argsort(dim=-1, descending=True).view(2, 13, 4)
    out = int(before.flatten().mode().values)
    with without_expert(mixture, out):
        after = choices(model, IDS)[0]
    left = ranked[ranked != out].view(2, 13, 3)[..., :2]
    assert (after == left).all()
    assert (after != before).any()
    assert (choices(model, IDS)[0] == before).all()


def test_bad_input():
    with pytest.raises(ValueError, match="got none"):
        mixtures(Decoder(CONFIG))
    mixture = mixtures(build())[0]
    with pytest.raises(ValueError, match="expected one of 4 experts"), without_expert(mixture, 4):
        pass
    torch.manual_seed(0)
    uneven = Decoder(CONFIG, ffn=[partial(MixtureOfExperts, experts=4, top_k=k) for k in (1, 2)])
    with pytest.raises(ValueError, match="same top_k"):
        choices(uneven, IDS)
