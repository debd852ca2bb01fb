"""How the few bits of a cache are spent."""

from dataclasses import dataclass

AXES = "channel", "token"


@dataclass(frozen=True)
class CacheBits:
    """Bits of a key/value cache, and who shares a scale.

    Args:
        bits: of each number, 1 .. 8.
        group: g, a multiple of 8: tokens of a channel, or channels of a token, that share a scale and a zero; also how
            many tokens are rounded at a time.
        window: W, the newest tokens, which stay as they are; at most W + g - 1 do.
        keys, values: "channel": the scale is shared along the tokens of one channel; "token": along the channels of
            one token.

    Raises: ValueError when one is out of its range.

    Source: Liu et al. 2024 (KIVI), section 4.1: keys by channel, values by token, groups of 32, a window of 128.
    Taught in: 05-cuantizacion
    """

    bits: int = 4
    group: int = 32
    window: int = 128
    keys: str = "channel"
    values: str = "token"

    def __post_init__(self):
        if type(self.bits) is not int or not 1 <= self.bits <= 8:
            raise ValueError(f"bits: expected a whole number from 1 to 8, got {self.bits!r}")
        if type(self.group) is not int or self.group < 8 or self.group % 8:
            raise ValueError(f"group: expected a multiple of 8, got {self.group!r}")
        if type(self.window) is not int or self.window < 0:
            raise ValueError(f"window: expected a whole number >= 0, got {self.window!r}")
        if self.keys not in AXES or self.values not in AXES:
            raise ValueError(f"keys, values: expected one of {AXES}, got {self.keys!r} and {self.values!r}")
