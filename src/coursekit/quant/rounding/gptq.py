"""GPTQ: what one rounding spoils, the weights that are still free make good.

Dimensions: O outputs (rows of the matrix), C inputs (columns), g columns of a group.
"""

import torch

from coursekit.quant.formats.affine import Affine, find_grid, to_codes

BLOCK = 128  # columns whose errors are handed to the rest of the matrix in one product: the paper's


def gptq(weight, calibration, bits, group_size="channel", symmetric=True, damping=0.01):
    """Round column after column, and move the columns to come so that the outputs change least.

        H^-1 = U^T U                                U upper triangular
        1. q_j = nearest mark to w_j
        2. e_j = (w_j - q_j) / U_jj
        3. w_k <- w_k - e_j U_jk      for k > j     the step to the best outputs that are left, now that w_j is fixed
        within a block of 128 columns at once, for all columns after it by one product

    The ruler of a group is made when its first column comes up, out of the weights as they then are. U comes from one
    Cholesky factorisation of H with its order reversed, H = R R^T, U = R^-1: no inverse of H is formed.

    Args:
        weight: (O, C), floating point.
        calibration: a `Calibration` of the layer's inputs. An input that was never anything but 0 leaves its weights
            rounded to nearest, and the others alone.
        bits, group_size, symmetric: as in `coursekit.quant.quantize`; no group_size "tensor".
        damping: added to the diagonal of H, as a part of its mean; what makes fewer inputs than columns enough.

    Returns: an `Affine`.
    Raises: ValueError for numbers that are not finite, groups that do not divide C, or H that no damping helps.

    Source: Frantar et al. 2022 (GPTQ), algorithm 1; the steps are numbered here.
    Taught in: 05-cuantizacion
    """
    calibration.check(weight)
    if group_size == "tensor":
        raise ValueError('group_size: expected "channel" or a divisor of the columns, got "tensor"')
    columns = weight.shape[1]
    size = columns if group_size == "channel" else group_size
    find_grid(weight[:1], bits, size, symmetric)  # refuses what does not fit, before any work
    factor = _inverse_factor(calibration.moments, damping)  # U, (C, C)
    rest = weight.detach().T.to(torch.float32, copy=True).contiguous()  # (C, O): what is still free to move
    codes = torch.empty(rest.shape, dtype=torch.uint8)
    scales, zeros = [], []
    for start, stop in _blocks(columns, size):
        errors = torch.empty_like(rest[start:stop])  # (block, O)
        for j in range(start, stop):
            if j % size == 0:
                scale, zero = find_grid(rest[j : j + size].T, bits, "channel", symmetric)  # (O, 1) twice
                scales.append(scale)
                zeros.append(zero)
            code = to_codes(rest[j][:, None], scale, zero, bits, symmetric)  # (O, 1)
            codes[j] = code[:, 0]
            rounded = ((code - zero) * scale)[:, 0]
            errors[j - start] = (rest[j] - rounded) / factor[j, j]
            rest[j + 1 : stop].addr_(factor[j, j + 1 : stop], errors[j - start], alpha=-1)
        rest[stop:].addmm_(factor[start:stop, stop:].T, errors, alpha=-1)
    return Affine(codes.T.contiguous(), torch.cat(scales, 1), torch.cat(zeros, 1), bits, size, symmetric)


def _blocks(columns, size):
    """Blocks of at most 128 columns that no group straddles, unless it is larger, and then it begins one."""
    step = BLOCK // size * size or size
    for first in range(0, columns, step):
        last = min(first + step, columns)
        for start in range(first, last, BLOCK):
            yield start, min(start + BLOCK, last)


def _inverse_factor(moments, damping):
    """U, upper triangular, with H^-1 = U^T U, of H with its diagonal damped.

    Raises: ValueError where H is not positive definite all the same.
    """
    if not 0 <= damping < float("inf"):
        raise ValueError(f"damping: expected a finite number >= 0, got {damping!r}")
    diagonal = moments.diagonal()
    dead = diagonal <= 0  # such a row and column are all 0
    added = torch.where(dead, 1.0, 0.0) + damping * (diagonal.mean() if diagonal.any() else 1.0)
    for dtype in (torch.float32, torch.float64):
        flipped = (moments + torch.diag(added)).to(dtype).flip(0, 1)
        lower, failed = torch.linalg.cholesky_ex(flipped)
        if not failed:
            inverse = _inverse_of_triangle(lower)
            if inverse.isfinite().all():
                return inverse.flip(0, 1).to(torch.float32)
    raise ValueError(f"damping: expected more than {damping}, since the inputs do not span all columns")


def _inverse_of_triangle(lower):
    """The inverse of a lower triangular matrix, halves first: a third of the work of solving for the identity."""
    size = len(lower)
    if size <= 256:
        return torch.linalg.solve_triangular(lower, torch.eye(size, dtype=lower.dtype), upper=False)
    half = size // 2
    first, last = _inverse_of_triangle(lower[:half, :half]), _inverse_of_triangle(lower[half:, half:])
    inverse = torch.zeros_like(lower)
    inverse[:half, :half], inverse[half:, half:] = first, last
    inverse[half:, :half] = -last @ lower[half:, :half] @ first
    return inverse
