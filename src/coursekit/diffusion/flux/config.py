"""The sizes of a FLUX transformer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FluxConfig:
    """Sizes; the defaults are those of FLUX.1.

    Args:
        channels: of a packed token that comes in (FLUX.1: 16 latents x 2 x 2; Fill 384, Canny and Depth 128).
        text_width, pooled_width: of the text's tokens (T5) and of the text as a whole (CLIP).
        out_channels: of a packed token that goes out; None = channels.
        heads: H. axes: channels of a head for each of the three coordinates, even; their sum is D.
        double, single: blocks of either kind.
        guidance: is the strength of guidance an input, as in [dev]?
        base: of the rotary positions.

    Raises: ValueError when a size is no whole number >= 1, or an axis is odd.

    Source: FLUX.1's code, `FluxParams`.
    """

    channels: int = 64
    text_width: int = 4096
    pooled_width: int = 768
    out_channels: int | None = None
    heads: int = 24
    axes: tuple[int, int, int] = (16, 56, 56)
    double: int = 19
    single: int = 38
    guidance: bool = False
    base: float = 10000.0

    def __post_init__(self):
        if self.out_channels is None:
            object.__setattr__(self, "out_channels", self.channels)
        object.__setattr__(self, "axes", tuple(self.axes))
        sizes = (self.channels, self.text_width, self.pooled_width, self.out_channels, self.heads, *self.axes)
        if any(type(size) is not int or size < 1 for size in sizes) or min(self.double, self.single) < 0:
            raise ValueError(f"expected sizes that are whole numbers >= 1, got {self}")
        if len(self.axes) != 3 or any(size % 2 for size in self.axes):
            raise ValueError(f"axes: expected three even sizes, got {self.axes}")

    @property
    def head_size(self):
        """D"""
        return sum(self.axes)

    @property
    def width(self):
        """C = H D"""
        return self.heads * self.head_size
