"""Rotary positions as the configurations of transformers describe them."""

from functools import partial

from coursekit.attention.layer import Attention
from coursekit.attention.rope_scaling import linear, llama3, yarn
from coursekit.attention.scaled_rotary import ScaledRotaryAttention

SCALINGS = {"linear": linear, "llama3": llama3, "yarn": yarn}
NAMES = {
    "linear": {"factor": "factor"},
    "llama3": {
        "factor": "factor",
        "original_max_position_embeddings": "context",
        "high_freq_factor": "fast",
        "low_freq_factor": "slow",
    },
    "yarn": {
        "factor": "factor",
        "original_max_position_embeddings": "context",
        "beta_fast": "fast",
        "beta_slow": "slow",
        "attention_factor": "scale",
    },
}
# values of further keys that change nothing
NEUTRAL = {"partial_rotary_factor": 1.0, "truncate": True}


def rope_of(config):
    """The rotary options of a model whose layers are all alike, from transformers 5 (rope_parameters) or 4."""
    return getattr(config, "rope_parameters", None) or {
        "rope_theta": config.rope_theta,
        **(getattr(config, "rope_scaling", None) or {}),
    }


def rotary(config, rope):
    """The base of the rotary positions, and the mixer that turns queries and keys by them.

    Args:
        config: a transformers configuration.
        rope: its rotary options, or those of one kind of layer.

    Returns: base; `Attention`, or a `ScaledRotaryAttention` with its scaling bound.
    Raises: ValueError for a rope_type or a further option that is not handled, or a factor that is missing.
    """
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default" and kind not in SCALINGS:
        raise ValueError(
            f"{config.model_type}: expected rope_type default, {', '.join(SCALINGS)} (the rotation of a token must "
            f"not depend on later ones), got {kind!r}"
        )
    names, options = NAMES.get(kind, {}), {}
    for key, value in rope.items():
        if key in names and value is not None:
            options[names[key]] = value
        elif key not in ("rope_type", "type", "rope_theta") and value not in (None, NEUTRAL.get(key)):
            raise ValueError(f"{config.model_type}: {key} of rotary positions is not handled, got {value!r}")
    if kind == "default":
        return rope["rope_theta"], Attention
    if "factor" not in options:
        raise ValueError(f"{config.model_type}: expected a factor with rope_type {kind!r}, got none in {rope}")
    if kind != "linear":
        options.setdefault("context", config.max_position_embeddings)
    return rope["rope_theta"], partial(ScaledRotaryAttention, scaling=partial(SCALINGS[kind], **options))
