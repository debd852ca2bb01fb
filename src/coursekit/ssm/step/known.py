"""Answers about tensors, kept for the next ones that are alike: for functions of a few microseconds.

To ask nine tensors for shape, dtype and strides takes a good part of a decoding step. torch.compile has the same
question before each call, and a single comparison for all tensors together; it is borrowed from there.
"""

try:
    from torch._C._dynamo.guards import TensorGuards
except ImportError:  # it is not part of torch's public interface
    TensorGuards = None

KEPT = 256  # answers; then all are forgotten


def known(answer):
    """`answer(*tensors)` for an answer that hangs on types, dtypes, devices, shapes and strides alone, kept.

        form = known(find_form)
        form(state, x)  # find_form(state, x)
        form(state, x)  # what it said

    The number of elements of the first tensor says which of the kept answers could fit; whether it does, a comparison
    of all tensors with those that were asked about. Without that comparison nothing is kept.

    Args:
        answer: called with the tensors; what it raises goes through and is not kept.

    Returns: a function of tensors.
    Taught in: 03-mamba
    """
    kept = {}
    nothing = _never, None

    def kept_or_asked(*tensors):
        fits, found = kept.get(tensors[0].numel(), nothing)
        if not fits(*tensors):
            found = answer(*tensors)
            if len(kept) >= KEPT:
                kept.clear()
            kept[tensors[0].numel()] = _comparison(tensors), found
        return found

    return kept_or_asked


def _comparison(tensors):
    """Whether other tensors are as these: a function of them."""
    try:
        return TensorGuards(*tensors, dynamic_dims_sizes=None, dynamic_dims_strides=None).check
    except TypeError:  # there is none, or it wants other arguments
        return _never


def _never(*tensors):
    return False
