"""Balance: what keeps all experts at work, and how to see whether they are.

    load_balancing.py  Switch's auxiliary loss, as in transformers
    z_loss.py          keeps the router's scores small
    sequence_wise.py   DeepSeek-V3's small loss, sequence by sequence
    bias_update.py     no loss: a thermostat on each expert's bias
    statistics.py      the load, and how uneven it is

Dimensions: N tokens, B sequences of T tokens, E experts, K of them a token.
"""

from coursekit.moe.balance.bias_update import update_bias
from coursekit.moe.balance.load_balancing import load_balancing_loss
from coursekit.moe.balance.sequence_wise import sequence_balance_loss
from coursekit.moe.balance.statistics import coefficient_of_variation, expert_load, max_violation, normalised_entropy
from coursekit.moe.balance.z_loss import z_loss

__all__ = [
    "coefficient_of_variation",
    "expert_load",
    "load_balancing_loss",
    "max_violation",
    "normalised_entropy",
    "sequence_balance_loss",
    "update_bias",
    "z_loss",
]
