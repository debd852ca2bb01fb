from itertools import islice

import pytest
import torch
from torch import nn

from coursekit.corpus import cuentos
from coursekit.scoring.agreement import agreement_accuracy


class Oracle(nn.Module):
    """Knows the grammar: its logits are the exact next distribution, turned over if `sign` is -1."""

    def __init__(self, sign=1):
        super().__init__()
        self.sign = nn.Parameter(torch.tensor(float(sign)))

    def forward(self, ids):
        logits = torch.zeros(*ids.shape, len(cuentos.VOCABULARY))
        for row, scores in zip(ids.tolist(), logits):
            tokens = cuentos.decode(row)[1:]
            for t in range(len(tokens) + 1):
                if cuentos.END in tokens[:t]:
                    break
                for token, probability in cuentos.next_distribution(tokens[:t]).items():
                    scores[t, cuentos.encode([token])[0]] = probability
        return self.sign * logits


def test_the_oracle_always_agrees_and_its_opposite_never():
    pairs = list(islice(cuentos.agreement_pairs(0), 20))
    assert agreement_accuracy(Oracle(), pairs, cuentos, batch=7) == 1.0
    assert agreement_accuracy(Oracle(-1), pairs, cuentos) == 0.0


def test_a_hit_is_above_every_wrong_form():
    class Fixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, ids):
            logits = torch.zeros(*ids.shape, len(cuentos.VOCABULARY))
            logits[..., cuentos.encode(["cansada"])[0]] = 1.0
            logits[..., cuentos.encode(["contento"])[0]] = 2.0
            return logits

    pairs = [
        (["la", "princesa"], "cansada", ("cansado", "cansados")),  # 1 > 0, 0: a hit
        (["la", "princesa"], "cansado", ("cansada",)),  # 0 < 1
        (["la", "princesa"], "cansadas", ("cansado", "cansados")),  # 0 = 0: a tie is no hit
        (["la", "princesa"], "cansada", ("contento", "cansados")),  # 2 > 1 > 0: above one of them is not enough
    ]
    assert agreement_accuracy(Fixed(), pairs, cuentos) == pytest.approx(1 / 4)
    with pytest.raises(ValueError, match="expected at least one, got none"):
        agreement_accuracy(Fixed(), [], cuentos)
