"""A linear layer, as the sum that it is.

Leaves out every economy: all N O C products are there at once before they are added up.
"""

from coursekit.serving.matrix_vector.checks import check_inputs


def linear(x, weight, bias=None):
    """Weigh the inputs, for each output.

        y_o = sum_c W_oc x_c + b_o

    Args:
        x: (..., C), floating point.
        weight: W, (O, C).
        bias: b, (O,); None = 0.

    Returns: (..., O).
    Raises: ValueError when the shapes do not fit.

    Source: call and layout of `torch.nn.functional.linear`.
    Taught in: 02-transformer
    """
    check_inputs(x, weight, bias)
    y = (x[..., None, :] * weight).sum(-1)  # (..., 1, C) with (O, C): (..., O, C), and (..., O)
    return y if bias is None else y + bias
