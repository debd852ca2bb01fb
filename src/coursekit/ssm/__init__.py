"""State-space models: the selective scan, as a ladder of equal functions, and what is made of it.

The ladder, from slow to fast; each rung has the signature of mamba_ssm's `selective_scan_fn` and equals the
reference, gradients included:

    reference.py          the paper's recurrence, a loop over time; holds all the states at once
    associative.py        log2 L rounds in place of L steps (associative_scans.py: Hillis-Steele and Blelloch, counted)
    fused_cpu.py          one compiled loop that keeps the state in the cache (fused_kernels.py, lanes.py,
                          exponentials.py; compiled.py: numba and its cache, which warm.py fills)
    triton_gpu.py         the same for a GPU, whose registers keep the state (triton_kernels.py; the extra `gpu`)
    backend.py            `selective_scan`: the fastest rung for these tensors, and `explain_backend`, which says why

Beside it:

    zero_order_hold.py    the input truly held during a step: not mamba_ssm's convention, but theorem 1's
    lti_scan.py           matrices that do not depend on the input (S4D): recurrence and convolution
    causal_conv.py        the short convolution before the scan, and its step
    state_update.py       one step of the scan, for decoding: state_update_reference.py, state_update_cpu.py
                          (state_update_kernels.py; known.py: arguments like the last ones need no other check)
    copier.py             selective copying, solved by hand with two scans
    counting.py           what a state of b bits cannot copy

State-space duality (Mamba-2), one number of decay a head, from slow to fast:

    ssd_reference.py      the matrix form, and the recurrence
    ssd_chunked.py        the four steps of the paper's listing
    ssd_lean.py           `ssd`: the scores once for a group, decay folded into input and output where it fits, a loop
                          over chunks (ssd_segment.py), heads shared among threads (ssd_shares.py, side_by_side.py)
    dual_view.py          the mask and the scores of a layer, to look at

Mixers made of them, called as `mixer(config, linear)`:

    mamba.py              `Mamba` (mamba_cache.py, initial_steps.py); normed_parts.py: Falcon Mamba's
    lti_mamba.py          the same without selection: the control of the experiments
    convolved.py          any mixer behind Mamba's short convolution
    mamba2.py             `Mamba2`; parallel.py: it and attention side by side, as in Falcon-H1
    shared_hybrid.py      Zamba2's decoder, whose attention is shared (shared_attention.py)
    rwkv.py, mlstm.py     RWKV-4 and xLSTM's matrix memory, on the reference rung

Dimensions, here and in the papers:

    B   batch (as a tensor: what the state takes in)
    D   channels (as a tensor: the input's direct share)      Gu & Dao 2023: D, or E D in a block
    L   length
    N   states of a channel                                   Gu & Dao 2023: N
    G   groups of channels that share B and C; G divides D
"""

from coursekit.ssm.backend import explain_backend, selective_scan
from coursekit.ssm.causal_conv import causal_conv1d, causal_conv1d_update
from coursekit.ssm.ssd_lean import ssd
from coursekit.ssm.state_update import selective_state_update

__all__ = [
    "causal_conv1d",
    "causal_conv1d_update",
    "explain_backend",
    "selective_scan",
    "selective_state_update",
    "ssd",
]
