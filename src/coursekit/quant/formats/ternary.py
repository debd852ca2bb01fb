"""Ternary weights, -1, 0 and 1 times one scale: log2 3 = 1.585 bits, stored in 2, or in 1.6.

2 bits a trit      four in a byte, bits.pack_bits(trit + 1, 2); the fourth code is never used
5 trits a byte     3^5 = 243 <= 256:  byte = sum_i (t_i + 1) 3^i
"""

import torch

from coursekit.quant.finite import check_finite

TRITS = 5
_POWERS = torch.tensor([3**i for i in range(TRITS)])


def ternarize(weight, eps=1e-5):
    """Weights rounded to -1, 0 or 1 times their mean size.

        gamma = mean |W|,    W~ = clamp(round(W / (gamma + eps)), -1, 1)

    Args:
        weight: any shape, floating point and finite.
        eps: against a division by 0.

    Returns: codes, int8 of the same shape; gamma, float32 (), with which W ~ gamma W~.
    Raises: ValueError.

    Source: Ma et al. 2024 (BitNet b1.58), equations 1 to 3.
    Taught in: 05-cuantizacion
    """
    check_finite("weight", weight)
    if not weight.numel():
        raise ValueError(f"weight: expected at least one number, got shape {tuple(weight.shape)}")
    weight = weight.detach().to(torch.float32)
    gamma = weight.abs().mean()
    return (weight / (gamma + eps)).round().clamp(-1, 1).to(torch.int8), gamma


def pack_trits(codes):
    """Five trits a byte: 1.6 bits each.

    Args: codes: int8, -1, 0 or 1, any shape; row after row.
    Returns: (ceil(trits / 5),) uint8; missing trits of the last byte are written as 0.
    Raises: ValueError for other numbers.
    Taught in: 05-cuantizacion
    """
    if codes.dtype != torch.int8 or (codes.abs() > 1).any():
        raise ValueError(f"codes: expected int8 -1, 0 or 1, got {codes.dtype} with others")
    flat = codes.flatten().long() + 1
    padded = torch.nn.functional.pad(flat, (0, -len(flat) % TRITS), value=1)
    return (padded.view(-1, TRITS) * _POWERS).sum(-1).to(torch.uint8)


def unpack_trits(packed, shape):
    """What `pack_trits` was given.

    Args:
        packed: (bytes,) uint8.
        shape: of the codes.

    Returns: int8.
    Raises: ValueError where there are more bytes than the trits need, or fewer, or a byte above 242.
    Taught in: 05-cuantizacion
    """
    trits = torch.Size(shape).numel()
    needed = -(-trits // TRITS)
    if packed.dtype != torch.uint8 or packed.shape != (needed,):
        got = f"{packed.dtype} {tuple(packed.shape)}"
        raise ValueError(f"packed: expected {needed} bytes for {trits} trits, got {got}")
    if (packed > 3**TRITS - 1).any():
        raise ValueError(f"packed: expected bytes up to {3**TRITS - 1}, five trits each, got {int(packed.max())}")
    codes = packed[:, None] // _POWERS % 3  # (bytes, 5)
    return (codes.flatten()[:trits].to(torch.int8) - 1).view(tuple(shape))
