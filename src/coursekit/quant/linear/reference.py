"""A linear layer with weights of few bits, as the sum that it is.

Leaves out every economy: weights are unpacked to float64, where products and sums of whole numbers are exact.
"""

from coursekit.quant.activations import quantize_activations
from coursekit.quant.linear.checks import check_inputs


def linear(x, weight, bias=None):
    """Weigh the rounded inputs, for each output.

        y_no = sum_g t_ng (d_og sum_c (q_oc - middle) k_nc + m_og sum_c k_nc) + b_o

    Args:
        x: (..., C), floating point; x ~ t k as `quantize_activations` rounds it.
        weight: a `PackedWeight` of (O, C).
        bias: b, (O,); None = 0.

    Returns: (..., O) in x's dtype. A token with inputs that are not finite gives NaN.
    Raises: ValueError when the shapes do not fit, or a gradient is wanted.

    Source: Jacob et al. 2017, section 2.2 (products of whole numbers); Dettmers et al. 2022, section 2.
    Taught in: 05-cuantizacion
    """
    check_inputs(x, weight, bias)
    codes, scale = quantize_activations(x.reshape(-1, weight.inputs).float(), weight.groups)  # (N, G, g), (N, G)
    codes, q = codes.double(), weight.codes().unflatten(1, (weight.groups, -1)).double()  # (O, G, g)
    sums = (codes[:, None] * (q - weight.middle)).sum(-1) * weight.by_group(weight.scales).double()  # (N, O, G)
    if weight.lows is not None:
        sums = sums + codes.sum(-1)[:, None] * weight.by_group(weight.lows).double()
    y = (sums * scale[:, None].double()).sum(-1).to(x.dtype).view(*x.shape[:-1], weight.outputs)
    return y if bias is None else y + bias
