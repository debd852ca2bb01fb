"""The nine tensors of state space duality, by name: of a call, of a share of its heads, of some of its positions."""

from typing import NamedTuple

from torch import Tensor

POSITIONAL = ("x", "dt", "B", "C", "z")  # what each position has of its own
SHARED = ("A", "D", "dt_bias")  # what all positions have in common


class Tensors(NamedTuple):
    """What `coursekit.ssm.ssd` takes, and of the same form their gradients.

    Args:
        x, z: (B, L, H, P); z may be None.
        dt: (B, L, H).
        B, C: (B, L, G, N); of a share, which has one group, (B, L, N).
        A, D, dt_bias: (H,), D also (H, P); the last two may be None.
        states: what the scan starts from, (B, H, P, N); of a segment (B, N, H * P).
    """

    x: Tensor
    dt: Tensor
    B: Tensor
    C: Tensor
    z: Tensor | None
    A: Tensor
    D: Tensor | None
    dt_bias: Tensor | None
    states: Tensor

    def heads(self, share):
        """The part that a `Share` of the heads needs: views."""
        x, dt, z = (None if t is None else t[:, :, share.heads] for t in (self.x, self.dt, self.z))
        A, D, dt_bias = (None if t is None else t[share.heads] for t in (self.A, self.D, self.dt_bias))
        B, C = self.B[:, :, share.group], self.C[:, :, share.group]  # (B, L, N)
        return Tensors(x, dt, B, C, z, A, D, dt_bias, self.states[:, share.heads])

    def positions(self, rows, states):
        """A segment: the positions of a slice, from these states on."""
        cut = {name: getattr(self, name) for name in POSITIONAL}
        cut = {name: None if t is None else t[:, rows] for name, t in cut.items()}
        return self._replace(**cut, states=states)

    def each(self, change):
        """`change(tensor)` in the place of every tensor."""
        return Tensors(*(None if t is None else change(t) for t in self))
