"""One step of each recurrent cell, its equations written out.

    state = cell(projected, state, weight, bias)

    projected   (B, G H): W x_t + b, the input's part, for all gates
    state       a tuple of (B, H); the first one is the output
    weight      (G H, H): U, the matrices that read the last output; bias (G H,) or None

Each gate has H rows, in the order in which the docstring names them. `cell.gates` is G, `cell.parts` how many tensors
a state has.
"""

from torch.nn.functional import linear


def _cell(gates, parts):
    def mark(function):
        function.gates, function.parts = gates, parts
        return function

    return mark


@_cell(gates=1, parts=1)
def elman(projected, state, weight, bias):
    """The simple recurrent network.

        h' = tanh(W x + U h + b)

    Source: Elman 1990, abstract (the hidden units are fed back to themselves).
    Taught in: 01-historia
    """
    (h,) = state
    return ((projected + linear(h, weight, bias)).tanh(),)


@_cell(gates=3, parts=2)
def lstm_1997(projected, state, weight, bias):
    """The first LSTM: its memory only adds, so that an error flows back along it as it is.

        i, o = sigmoid(..), sigmoid(..),  g = tanh(..);    c' = c + i g,    h' = o tanh(c')

    Rows: i, g, o. The paper's squashing functions have other scales.

    Source: Hochreiter & Schmidhuber 1997, section 4 (input and output gates alone).
    Taught in: 01-historia
    """
    h, c = state
    i, g, o = (projected + linear(h, weight, bias)).chunk(3, dim=-1)  # (B, H) each
    c = c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


@_cell(gates=4, parts=2)
def lstm(projected, state, weight, bias):
    """The LSTM with a gate that forgets, the one that everybody means today.

        i, f, o = sigmoid(..) each,  g = tanh(..);    c' = f c + i g,    h' = o tanh(c')

    Rows: i, f, g, o, as in torch.nn.LSTM.

    Source: Gers, Schmidhuber & Cummins 2000.
    Taught in: 01-historia
    """
    h, c = state
    i, f, g, o = (projected + linear(h, weight, bias)).chunk(4, dim=-1)  # (B, H) each
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


@_cell(gates=3, parts=1)
def gru(projected, state, weight, bias):
    """The GRU as libraries have it: the reset gate acts after the matrix, so that one product serves all gates.

        r, z = sigmoid(..), sigmoid(..);    n = tanh(W x + b + r (U h + b'));    h' = (1 - z) n + z h

    Rows: r, z, n, as in torch.nn.GRU.

    Source: torch.nn.GRU's documentation, which says how it differs from Cho et al. 2014.
    Taught in: 01-historia
    """
    (h,) = state
    r, z, n = projected.chunk(3, dim=-1)  # (B, H) each
    r_h, z_h, n_h = linear(h, weight, bias).chunk(3, dim=-1)
    r, z = (r + r_h).sigmoid(), (z + z_h).sigmoid()
    n = (n + r * n_h).tanh()
    return ((1 - z) * n + z * h,)


@_cell(gates=3, parts=1)
def gru_reset_first(projected, state, weight, bias):
    """The GRU as its papers have it: the reset gate acts before the matrix, and z is what is new.

        r, z = sigmoid(..), sigmoid(..);    n = tanh(W x + U (r h) + b);    h' = (1 - z) h + z n

    Rows: r, z, n.

    Source: Bahdanau et al. 2014, appendix A.1.1; Cho et al. 2014, section 2.3.
    Taught in: 01-historia
    """
    (h,) = state
    H = h.shape[-1]
    r, z, n = projected.chunk(3, dim=-1)  # (B, H) each
    r_h, z_h = linear(h, weight[: 2 * H], bias if bias is None else bias[: 2 * H]).chunk(2, dim=-1)
    r, z = (r + r_h).sigmoid(), (z + z_h).sigmoid()
    n = (n + linear(r * h, weight[2 * H :], bias if bias is None else bias[2 * H :])).tanh()
    return ((1 - z) * h + z * n,)
