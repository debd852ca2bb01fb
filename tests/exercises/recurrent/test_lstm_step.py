import math

import pytest
import torch

from coursekit.exercises.checking import judge
from coursekit.exercises.recurrent.lstm_step import EXERCISE, lstm_step

W = {"i": (0.5, -1.0, 0.25), "f": (-1.5, 0.75, 1.0), "g": (2.0, 0.5, -0.5), "o": (1.0, 1.5, -0.75)}


def test_by_hand():
    nothing = dict.fromkeys("ifgo", (0.0, 0.0, 0.0))
    # all gates half open, nothing to write: c = 2 / 2, h = tanh(1) / 2
    h, c = lstm_step(1.0, 1.0, 2.0, nothing)
    assert (h, c) == (pytest.approx(math.tanh(1) / 2), 1.0)


def test_it_is_torch_s():
    cell = torch.nn.LSTMCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih[:, 0] = torch.tensor([W[part][0] for part in "ifgo"])
        cell.weight_hh[:, 0] = torch.tensor([W[part][1] for part in "ifgo"])
        cell.bias_ih[:] = torch.tensor([W[part][2] for part in "ifgo"])
        cell.bias_hh.zero_()
        h, c = cell(torch.tensor([[0.7]]).double(), (torch.tensor([[-0.4]]).double(), torch.tensor([[1.3]]).double()))
    assert lstm_step(0.7, -0.4, 1.3, W) == (pytest.approx(h.item(), rel=1e-6), pytest.approx(c.item(), rel=1e-6))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("of 1997", "es la LSTM de 1997"),
        ("swapped", "cambias de sitio las compuertas"),
        ("forgets what it should keep", "usas 1 - f"),
        ("without tangent inside", "a g le falta la tangente"),
        ("gate for g", "pasas g por la sigmoide"),
        ("without bias", "te dejas los sesgos"),
        ("old cell", "h sale de la c nueva"),
        ("without tangent outside", "a la c que sale en h le falta la tangente"),
        ("cell first", "se pide (h, c)"),
    ],
)
def test_each_mistake_is_told(mistake, message):
    assert message in repr(judge(EXERCISE, EXERCISE.wrong[mistake], "Ejercicio"))
