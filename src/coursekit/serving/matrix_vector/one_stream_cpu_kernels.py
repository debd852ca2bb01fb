"""The kernel of `one_stream_cpu.py`, compiled by numba when it is first called."""

from numba import njit

from coursekit.cpu.compiled import kernel


@kernel()
def product(x, weight, y):
    """y_no = sum_c W_oc x_nc over y; x (N, C), weight (O, C), y (N, O), contiguous, of one type."""
    for o in range(len(weight)):
        row = weight[o]
        for n in range(len(x)):  # after the first token the row is in the cache
            y[n, o] = _dot(row, x[n])


@njit(error_model="numpy", fastmath={"contract", "reassoc"})
def _dot(a, b):
    result = a.dtype.type(0)
    for c in range(len(a)):
        result += a[c] * b[c]
    return result
