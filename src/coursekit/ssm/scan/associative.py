"""The selective scan without a loop over time.

Adds one idea to the reference: the recurrence is a scan of an associative operation (`associative_scans.py`), so
log2 L rounds of large operations take the place of L small ones. That suits a GPU.
Leaves out fusion: decays, inputs and states of all steps still exist at once, several times over.
"""

from coursekit.ssm.scan.associative_scans import blelloch
from coursekit.ssm.scan.checks import check_scan
from coursekit.ssm.scan.reference import discretise, read_out, step_sizes


def selective_scan(
    u, delta, A, B, C, D=None, z=None, delta_bias=None, delta_softplus=False, return_last_state=False
):  # fmt: skip
    """`coursekit.ssm.scan.reference.selective_scan` by Blelloch's scan.

        (a, x) then (a', x')  =  (a' a, a' x + x'),    h_t = second part of all steps up to t, joined

    Args, Returns, Raises: as in `coursekit.ssm.scan.reference.selective_scan`.

    Source: Gu & Dao 2023 (Mamba), section 3.3.2; Smith et al. 2022 (S5), section 2.2 and appendix H.
    Taught in: 03-mamba
    """
    check_scan(u, delta, A, B, C, D, z, delta_bias)
    steps = step_sizes(delta, delta_bias, delta_softplus)  # (B, D, L)
    _, states = blelloch(discretise(u, steps, A, B))  # (B, D, L, N)
    out = read_out(states, u, C, D, z)  # (B, D, L)
    return (out, states[:, :, -1]) if return_last_state else out
