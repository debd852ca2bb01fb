"""Weights in all and in use, by hand and at published sizes."""

from functools import partial

import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.moe import MixtureOfExperts
from coursekit.moe.counts import Parameters, count_parameters


def test_by_hand():
    """V = 5, C = 4, one layer, F = 3, E = 4, K = 1: embedding 20 (tied), attention 4 x 16, three norms of 4, router 16.

    An expert has 3 x 4 x 3 = 36: in all 20 + 64 + 12 + 16 + 144 = 256, of which three experts, 108, are idle.
    """
    config = DecoderConfig(vocab_size=5, width=4, layers=1, heads=2, ffn_width=3)
    found = count_parameters(Decoder(config, ffn=partial(MixtureOfExperts, experts=4, top_k=1)))
    assert found == Parameters(total=256, active=148, routed=144)
    dense = Decoder(config)
    assert count_parameters(dense) == Parameters(dense.parameter_count(), dense.parameter_count(), 0)


def test_mixtral_without_memory():
    """One layer of Mixtral on the device that keeps nothing: 8 experts of 3 x 4096 x 14336 = 176 160 768."""
    config = DecoderConfig(10, width=4096, layers=1, heads=32, kv_heads=8, ffn_width=14336)
    with torch.device("meta"):
        found = count_parameters(Decoder(config, ffn=partial(MixtureOfExperts, experts=8, top_k=2)))
    assert found.routed == 8 * 176_160_768
    assert found.total - found.active == 6 * 176_160_768


def test_a_shared_expert_is_always_active():
    config = DecoderConfig(vocab_size=5, width=4, layers=1, heads=2, ffn_width=3)
    with_it, without = (
        count_parameters(Decoder(config, ffn=partial(MixtureOfExperts, experts=4, top_k=1, shared=shared)))
        for shared in (1, 0)
    )
    assert with_it.active - without.active == with_it.total - without.total == 36
