"""The load of a mixture as it trains."""

from functools import partial

import torch

from coursekit.corpus import cuentos
from coursekit.decoder import DecoderConfig
from coursekit.experiments.expert_balance import balance_seeds, held_batch
from coursekit.moe import MixtureOfExperts

SMALL = DecoderConfig(len(cuentos.VOCABULARY), width=16, layers=2, heads=2, ffn_width=16)


def test_each_look_counts_every_real_token_k_times():
    arms = {
        "none": partial(MixtureOfExperts, experts=4, top_k=2, balance=0.0),
        "loss": partial(MixtureOfExperts, experts=4, top_k=2, balance=10.0),
    }
    found = balance_seeds(SMALL, arms, seeds=(0, 1), tokens=4000, rows=2, looks=3, stories=10)
    _, real = held_batch(SMALL)
    for runs in found.values():
        assert [run["seed"] for run in runs] == [0, 1]
        for run in runs:
            assert run["tokens"][0] == 0
            assert len(run["tokens"]) == len(run["load"]) == 4
            assert run["tokens"] == sorted(run["tokens"])
            loads = torch.tensor(run["load"])  # (looks, layers, E)
            assert loads.shape == (4, 2, 4)
            assert (loads.sum(-1) == 2 * int(real.sum())).all()
            assert 0 < run["excess"] < 9
    assert found["none"][0]["load"][0] == found["loss"][0]["load"][0]  # the same first weights
    assert found["none"][0]["load"][-1] != found["loss"][0]["load"][-1]
    uneven = {name: torch.tensor(runs[0]["load"][-1]).double().std(-1).mean() for name, runs in found.items()}
    assert uneven["loss"] < uneven["none"]
