"""How many weights a model keeps, and how many of them one token goes through."""

from dataclasses import dataclass

from coursekit.moe.layer import MixtureOfExperts


@dataclass(frozen=True)
class Parameters:
    """Weights of a model: in all, of those that one token uses, and of routed experts in all."""

    total: int
    active: int
    routed: int


def count_parameters(model):
    """Counts the weights; a model on torch's device `meta` needs no memory for it.

        active = total - sum over mixtures of (E - K) weights of an expert

    The whole embedding counts as used, as published counts have it; tied weights count once.

    Args:
        model: a module; without mixtures all is active.

    Returns: `Parameters`, whole numbers.

    Source: Jiang et al. 2024 (Mixtral), section 2.1 ("sparse" and "active" parameter count).
    Taught in: 04-moe
    """
    total, routed, idle = sum(weight.numel() for weight in model.parameters()), 0, 0
    for part in model.modules():
        if isinstance(part, MixtureOfExperts):
            expert = (part.gate_up.numel() + part.down.numel()) // part.experts
            routed += part.experts * expert
            idle += (part.experts - part.top_k) * expert
    return Parameters(total, total - idle, routed)
