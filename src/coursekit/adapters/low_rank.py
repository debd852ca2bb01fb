"""What every adapter of low rank adds: a product of two thin matrices."""

from torch.nn.functional import linear


def low_rank(x, down, up):
    """A linear map through r numbers.

        y = x A^T B^T

    Args:
        x: (.., inputs).
        down: A, (r, inputs).
        up: B, (outputs, r).

    Returns: (.., outputs).

    Source: Hu et al. 2021 (LoRA), section 4.1, equation 3.
    Taught in: 02-transformer
    """
    return linear(linear(x, down), up)  # (.., r) inside
