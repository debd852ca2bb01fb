"""The inputs, rounded to 8 bits: one scale for a token's inputs of a group."""

import torch

LARGEST = 127
SMALLEST = 2.0**-120  # inputs that are all smaller count as 0: 127 over them would be infinite


def quantize_activations(x, groups):
    """Each token's inputs as whole numbers.

        t = max |x| / 127,    k = round(x (127 / max |x|)), halves to even

    Args:
        x: (N, C) float32.
        groups: G, a divisor of C.

    Returns: k (N, G, g) int8; t (N, G) float32; 0 where all are 0 (below 2^-120), NaN where one is not finite, so that
        the product says so.

    Source: Ma et al. 2024 (BitNet b1.58), section 2 (per token, one group); ggml's Q8_0 (groups of 32).
    Taught in: 05-cuantizacion
    """
    x = x.unflatten(-1, (groups, -1))  # (N, G, g)
    largest = x.abs().amax(-1)  # NaN where one is
    usable = (largest >= SMALLEST) & largest.isfinite()
    codes = torch.where(usable[..., None], x * (LARGEST / largest)[..., None], 0.0).round().to(torch.int8)
    scale = torch.where(usable, largest / LARGEST, 0.0)
    return codes, torch.where(largest.isfinite(), scale, torch.nan)
