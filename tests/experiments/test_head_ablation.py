"""Heads switched off, for several seeds."""

import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments import head_ablation
from coursekit.experiments.head_ablation import VERBS, ablation, ablation_seeds, verb_pairs

CONFIG = DecoderConfig(len(cuentos.VOCABULARY), width=16, layers=2, heads=2, context=128)


def test_verb_pairs_are_of_verbs_and_two_seeds_differ():
    pairs = verb_pairs(20, seed=0)
    assert len(pairs) == 20
    assert {right for _, right, _ in pairs} <= VERBS
    assert pairs != verb_pairs(20, seed=1)
    assert pairs == verb_pairs(20, seed=0)


def test_the_head_is_chosen_on_other_cases_than_it_is_measured_on(monkeypatch):
    """With the last head off, the cases for choosing fail; measured on the others, it does no harm."""
    model = Decoder(CONFIG).eval()

    def accuracy(model, cases, corpus):
        with torch.no_grad():
            moved = not torch.equal(model.blocks[1].mixer(x), whole)
        return 0.25 if moved and cases == "choosing" else 0.75

    x = torch.randn(1, 3, CONFIG.width, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole = model.blocks[1].mixer(x)
    monkeypatch.setattr(head_ablation, "agreement_accuracy", accuracy)
    row = ablation(model, "choosing", "measuring")
    assert row == {"whole": 75.0, "without": [75.0] * 4, "chosen": 2}  # the first head of the second layer


def test_ablation_seeds_gives_a_row_a_seed():
    choosing, measuring = verb_pairs(4, seed=3), verb_pairs(4, seed=4)
    rows = ablation_seeds(CONFIG, choosing, measuring, seeds=(0, 1), tokens=2000)["rows"]
    assert [set(row) for row in rows] == [{"whole", "without", "chosen"}] * 2
    assert all(len(row["without"]) == 4 and row["chosen"] in range(4) for row in rows)
    again = ablation_seeds(CONFIG, choosing, measuring, seeds=(1,), tokens=2000)["rows"]
    assert again == rows[1:]  # the seed, and nothing else, decides
