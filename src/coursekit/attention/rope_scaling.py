"""Rotary positions beyond the length of training: other frequencies for the same rotation.

Adds one idea to `rope.py`: the frequencies are data. `linear` slows them all down, `yarn` and `llama3` only the slow
ones. All return what `scaled_rotary_table` takes, and that returns what `rotate` takes.
"""

from math import ceil, floor, log, pi

import torch


def linear(size, base, factor):
    """Position interpolation: every position is divided by the factor.

        frequency_i = base^(-2 i / D) / s,  i = 0 .. D/2 - 1

    Args:
        size: head size D, even.
        base: of the rotary positions.
        factor: s >= 1, how many times longer the context becomes.

    Returns: frequencies (D/2,), float64, in radians a token; and 1.0, the factor of queries and keys.
    Raises: ValueError for a factor below 1.

    Source: Chen et al. 2023 (Position Interpolation), section 3.2.
    Taught in: 02-transformer
    """
    _check_factor(factor)
    return _frequencies(size, base) / factor, 1.0


def yarn(size, base, factor, context, fast=32, slow=1, scale=None):
    """NTK-by-parts: channels that turn often in the old context stay, those that turn less than once are slowed down.

        frequency_i = base^(-2 i / D) ((1 - g_i) + g_i / s)
        g_i = (i - first) / (last - first), clamped to 0 .. 1

    Channel `first` turns `fast` times in the old context, and channel `last` turns `slow` times. The attention
    temperature t softens the softmax: queries and keys are each multiplied by sqrt(1 / t) = 0.1 ln(s) + 1.

    The paper's ramp is linear in the number of turns; the released code's, which all
    checkpoints use and this function follows, is linear in i, with `first` rounded down and `last` up.

    Args:
        size: head size D, even.
        base: of the rotary positions.
        factor: s >= 1, how many times longer the context becomes.
        context: the old context, in tokens.
        fast, slow: turns in the old context; beta = 32 and alpha = 1 in the paper.
        scale: factor of queries and keys; None = sqrt(1 / t).

    Returns: frequencies (D/2,), float64, in radians a token; and the factor of queries and keys.
    Raises: ValueError for a factor below 1, or unless fast > slow > 0.

    Source: Peng et al. 2023 (YaRN), sections 3.2 (by parts) and 3.4 (temperature), and the released code.
    Taught in: 02-transformer
    """
    _check_factor(factor)
    _check_turns(fast, slow)
    # 1. the channel that turns n times in the old context: context base^(-2 i / D) = 2 pi n
    first, last = (size * log(context / (2 * pi * turns)) / (2 * log(base)) for turns in (fast, slow))
    first, last = max(floor(first), 0), min(ceil(last), size - 1)
    # 2. the ramp between the two; a step if they coincide
    ramp = (torch.arange(size // 2, dtype=torch.float64) - first) / (last - first or 0.001)  # (D/2,)
    ramp = ramp.clamp(0, 1)
    # 3. each channel's own mixture of the old and the slowed frequency
    scale = 0.1 * log(factor) + 1 if scale is None else scale
    return _frequencies(size, base) * (1 - ramp + ramp / factor), scale


def llama3(size, base, factor, context, fast=4, slow=1):
    """The rule of Llama 3.1: as in YaRN's paper, with a ramp that is linear in the number of turns, and no temperature.

        frequency_i = base^(-2 i / D) (g_i + (1 - g_i) / s)
        g_i = (turns_i - slow) / (fast - slow), clamped to 0 .. 1;  turns_i = context base^(-2 i / D) / (2 pi)

    Args:
        size: head size D, even.
        base: of the rotary positions.
        factor: s >= 1, how many times longer the context becomes.
        context: the old context, in tokens.
        fast, slow: turns in the old context; from `fast` on channels stay, up to `slow` they are slowed down fully.

    Returns: frequencies (D/2,), float64, in radians a token; and 1.0, the factor of queries and keys.
    Raises: ValueError for a factor below 1, or unless fast > slow > 0.

    Source: Peng et al. 2023 (YaRN), section 3.2; the numbers: the released code of Llama 3.1.
    Taught in: 02-transformer
    """
    _check_factor(factor)
    _check_turns(fast, slow)
    plain = _frequencies(size, base)
    kept = ((context * plain / (2 * pi) - slow) / (fast - slow)).clamp(0, 1)  # (D/2,)
    return plain * (kept + (1 - kept) / factor), 1.0


def scaled_rotary_table(positions, frequencies, scale=1.0, dtype=torch.float32):
    """Cosine and sine of every position's angles at given frequencies, times a factor.

        angle(p, i) = p frequency_i

    Args:
        positions: (T,) or (B, T), integer.
        frequencies: (D/2,), in radians a token.
        scale: factor of the table; the match of query and key is multiplied by its square.
        dtype: of the table; the angles are computed in at least float32.

    Returns: cos, sin: (1, T, D/2) or (B, 1, T, D/2), for `coursekit.attention.rope.rotate`.

    Source: Su et al. 2021 (RoFormer), section 3.2.2, equation 15.
    Taught in: 02-transformer
    """
    precision = torch.promote_types(dtype, torch.float32)
    frequencies = frequencies.to(positions.device, precision)
    angles = positions[..., None, :, None].to(precision) * frequencies  # (1, T, D/2) or (B, 1, T, D/2)
    return (scale * angles.cos()).to(dtype), (scale * angles.sin()).to(dtype)


def _frequencies(size, base):
    return base ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)  # (D/2,)


def _check_factor(factor):
    if factor < 1:
        raise ValueError(f"factor: expected at least 1 (a longer context), got {factor}")


def _check_turns(fast, slow):
    if not fast > slow > 0:
        raise ValueError(f"expected fast > slow > 0 turns, got {fast} and {slow}")
