"""A linear layer for one token, or a few, as a ladder of equal functions: the weights are read for little work.

With one token every weight is used once, so that reading them from memory is what costs. From slow to fast; each rung
has the signature of torch's `linear` and equals the reference:

    reference.py        the sum, written out
    library.py          torch's, made for many tokens
    one_stream_cpu.py   the weights from first to last, each row once for all tokens (one_stream_cpu_kernels.py)

    checks.py           what the rungs ask of their arguments
    backend.py          `linear`: the fastest rung for these tensors, and `explain_backend`, which says why

Dimensions: N tokens (all axes of x but the last), C inputs, O outputs.
"""

from coursekit.serving.matrix_vector.backend import explain_backend, linear

__all__ = ["explain_backend", "linear"]
