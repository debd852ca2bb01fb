"""State-space duality (Mamba-2), one number of decay a head, as a ladder of equal functions.

From slow to fast; each rung has the signature of mamba_ssm's `mamba_chunk_scan_combined` and equals the reference,
gradients included:

    reference.py        the matrix form, and the recurrence
    chunked.py          the four steps of the paper's listing
    chunk_by_chunk.py   the scores once for a group, decay folded into input and output where it fits, a loop over
                        chunks (segment.py), heads shared among threads (shares.py), tensors by name
                        (tensors.py)

    checks.py           what every rung asks of its arguments
    backend.py          `ssd`: the fastest rung for these tensors, and `explain_backend`, which says why

Dimensions, here and in the paper:

    B   batch            L   length
    H   heads            P   channels of a head          Dao & Gu 2024: P
    G   groups of heads that share B and C; G divides H
    N   states           Dao & Gu 2024: N
"""

from coursekit.ssm.duality.backend import explain_backend, ssd

__all__ = ["explain_backend", "ssd"]
