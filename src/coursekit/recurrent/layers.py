"""Stacks of recurrent layers, called as torch's and with the same weights by name: their state dicts are exchangeable.

ours = LSTM(64, 128, num_layers=2)
ours.load_state_dict(torch.nn.LSTM(64, 128, num_layers=2).state_dict())
"""

import torch
from torch import nn

from coursekit.recurrent.unroll import cells, unroll


class Recurrent(nn.Module):
    """Layers of one cell, each over the outputs of the one below.

    Args:
        input_size, hidden_size: I, H.
        num_layers: at least 1.
        bias: with both biases, or none.
        batch_first: x and y are (B, T, ..), not (T, B, ..). States are always (layers, B, H).

    Weights, for layer l: weight_ih_l (G H, I or H), weight_hh_l (G H, H), bias_ih_l, bias_hh_l (G H,), drawn uniformly
    from -1 / sqrt(H) to 1 / sqrt(H), in torch's order.

    Raises: ValueError when a size is no whole number >= 1.
    Source: torch.nn.LSTM's documentation (names, shapes, initial weights).
    Taught in: 01-historia
    """

    cell = None

    def __init__(self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False):
        super().__init__()
        sizes = input_size, hidden_size, num_layers
        if any(type(size) is not int or size < 1 for size in sizes):
            raise ValueError(f"expected input_size, hidden_size and num_layers, whole numbers >= 1, got {sizes}")
        self.input_size, self.hidden_size, self.num_layers = sizes
        self.batch_first = batch_first
        rows = self.cell.gates * hidden_size
        for layer in range(num_layers):
            shapes = {"weight_ih": (rows, hidden_size if layer else input_size), "weight_hh": (rows, hidden_size)}
            shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
            for name, shape in shapes.items():
                weight = nn.init.uniform_(torch.empty(shape), -(hidden_size**-0.5), hidden_size**-0.5)
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(weight))

    def forward(self, x, state=None, skip=None):
        """All outputs of the last layer, and the last state of every layer.

        Args:
            x: (B, T, I) with batch_first, else (T, B, I).
            state: (layers, B, H), or a tuple of two, h and c, for LSTMs; None = zeros.
            skip: (B, T), bool; True = padding, which leaves the state as it is. None = no padding.

        Returns: y, (B, T, H) or (T, B, H); the state, as it is given.
        Raises: ValueError when shapes do not fit.
        """
        y = x if self.batch_first else x.transpose(0, 1)  # (B, T, I)
        state = self._state(y, state)
        last = []
        for layer in range(self.num_layers):
            before = tuple(part[layer] for part in state)
            y, after = unroll(self.cell, y, before, *self._weights(layer), skip)
            last.append(after)
        last = tuple(torch.stack(parts) for parts in zip(*last))  # (layers, B, H) each
        return y if self.batch_first else y.transpose(0, 1), last if len(last) > 1 else last[0]

    def _weights(self, layer):
        names = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
        return [getattr(self, f"{name}_l{layer}", None) for name in names]

    def _state(self, x, state):
        if state is None:
            zeros = x.new_zeros(self.num_layers, x.shape[0], self.hidden_size)
            return (zeros,) * self.cell.parts
        state = (state,) if isinstance(state, torch.Tensor) else tuple(state)
        expected = (self.num_layers, x.shape[0], self.hidden_size)
        if len(state) != self.cell.parts or any(tuple(part.shape) != expected for part in state):
            raise ValueError(
                f"state: expected {self.cell.parts} of {expected} (layers, batch, units) in {type(self).__name__}, "
                f"got {[tuple(part.shape) for part in state]}"
            )
        return state


class Elman(Recurrent):
    """Simple recurrent network; state dicts of torch.nn.RNN. Args, Source: as in `Recurrent`; Elman 1990."""

    cell = staticmethod(cells.elman)


class LSTM1997(Recurrent):
    """LSTM without a forget gate. Args: as in `Recurrent`. Source: Hochreiter & Schmidhuber 1997."""

    cell = staticmethod(cells.lstm_1997)


class LSTM(Recurrent):
    """LSTM; state dicts of torch.nn.LSTM. Args: as in `Recurrent`. Source: Gers, Schmidhuber & Cummins 2000."""

    cell = staticmethod(cells.lstm)


class GRU(Recurrent):
    """GRU, reset after the matrix; state dicts of torch.nn.GRU. Args: as in `Recurrent`."""

    cell = staticmethod(cells.gru)


class GRUResetFirst(Recurrent):
    """GRU, reset before the matrix. Args: as in `Recurrent`. Source: Bahdanau et al. 2014, appendix A.1.1."""

    cell = staticmethod(cells.gru_reset_first)
