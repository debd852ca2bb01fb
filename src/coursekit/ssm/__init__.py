"""State-space models: four kernels, and what is made of them.

The kernels, each a room with its ladder of equal functions and its legend of dimensions:

    scan/                 `selective_scan`, Mamba's
    duality/              `ssd`, Mamba-2's: one number of decay a head
    step/                 `selective_state_update`: one step of either, for decoding
    conv/                 `causal_conv1d`: the short convolution before them

Beside them:

    zero_order_hold.py    the input truly held during a step: not mamba_ssm's convention, but theorem 1's
    lti_scan.py           matrices that do not depend on the input (S4D): recurrence and convolution
    dual_view.py          the mask and the scores of a layer of Mamba-2, to look at
    finite.py             what every kernel asks of steps and rates
    short_conv.py         the convolution as the mixers call it, with a cache or without

Mixers made of them, called as `mixer(config, linear)`:

    mamba.py              `Mamba` (mamba_cache.py, initial_steps.py); normed_parts.py: Falcon Mamba's
    lti_mamba.py          the same without selection: the control of the experiments
    convolved.py          any mixer behind Mamba's short convolution
    mamba2.py             `Mamba2`; parallel.py: it and attention side by side, as in Falcon-H1
    rwkv.py, mlstm.py     RWKV-4 and xLSTM's matrix memory, on the reference rung (rwkv_cache.py, mlstm_cache.py)

Shown by hand:

    copier.py             selective copying, solved by hand with two scans
    associative_memory.py a matrix that remembers pairs, and how many
    counting.py           what a state of b bits cannot copy
"""

from coursekit.ssm.conv import causal_conv1d, causal_conv1d_update
from coursekit.ssm.duality import ssd
from coursekit.ssm.scan import explain_backend, selective_scan
from coursekit.ssm.step import selective_state_update

__all__ = [
    "causal_conv1d",
    "causal_conv1d_update",
    "explain_backend",
    "selective_scan",
    "selective_state_update",
    "ssd",
]
