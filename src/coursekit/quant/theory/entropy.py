"""How many bits whole numbers need at least, by how often each occurs."""


def code_entropy(codes):
    """Entropy of the codes of a matrix, taken one by one.

        H = -sum_v p_v log2 p_v,    p_v = how often v occurs;    ternary: at most log2 3 = 1.585

    Files hold more: 5 trits a byte are 1.6 bits each, 4 are 2, scales come on top.

    Args:
        codes: whole numbers, any shape and dtype, at least one.

    Returns: bits a weight, 0 .. log2 of the number of different codes.
    Raises: ValueError for no codes, or numbers that are not whole.

    Source: Shannon 1948, section 6; Ma et al. 2024 (BitNet b1.58) for the 1.58.
    Taught in: 05-cuantizacion
    """
    flat = codes.detach().flatten()
    if not len(flat) or (flat.is_floating_point() and not flat.equal(flat.round())):
        raise ValueError(f"codes: expected whole numbers, at least one, got {codes.dtype} of {tuple(codes.shape)}")
    counts = flat.unique(return_counts=True)[1].double()
    part = counts / counts.sum()
    return float(-(part * part.log2()).sum())
