"""Routing: from the scores of the experts to who works on which token, and how much it counts.

Every router returns the same pair, (N, K) each: weights, and indices of experts, NONE = -1 where nobody works.

    top_k.py          the k best, softmax over these alone (Mixtral)
    softmax_first.py  softmax over all, then the k best; k = 1 is Switch
    sigmoid.py        each expert's own affinity, a bias that counts in the choice only, groups (DeepSeek-V3)
    expert_choice.py  the experts choose their tokens: exact balance, and a look into the future
    capacity.py       places at each expert, and who finds none

Dimensions, here and in the papers: N tokens (Switch: T), E experts (N), K of them a token (k; DeepSeek-V3: K_r).
"""

from coursekit.moe.routing.capacity import drop_overflow, expert_capacity
from coursekit.moe.routing.expert_choice import route_expert_choice
from coursekit.moe.routing.sigmoid import route_sigmoid
from coursekit.moe.routing.softmax_first import route_softmax_first
from coursekit.moe.routing.top_k import route_top_k

__all__ = [
    "drop_overflow",
    "expert_capacity",
    "route_expert_choice",
    "route_sigmoid",
    "route_softmax_first",
    "route_top_k",
]
