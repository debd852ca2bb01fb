"""One step of the selective scan, for decoding, as a ladder of equal functions.

From slow to fast; each rung has the signature of mamba_ssm's `selective_state_update` and equals the reference:

    reference.py    the recurrence, one operation of torch after the other; the state is written over
    fused_cpu.py    one compiled pass over the state (fused_cpu_kernels.py)

    checks.py       what every rung asks of its arguments
    backend.py      `selective_state_update`: the fastest rung for these tensors, and `explain_backend`, which says why

Dimensions: B batch, D channels, N states; in Mamba-2's form H heads of P channels, G groups.
"""

from coursekit.ssm.step.backend import explain_backend, selective_state_update

__all__ = ["explain_backend", "selective_state_update"]
