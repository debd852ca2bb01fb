"""Published checkpoints into the course's own parts.

    gpt2.py          learned positions, LayerNorm, GELU, biases
    llama.py         rotary positions, RMSNorm, SwiGLU, grouped heads
    mistral.py       Llama with a sliding window
    bert.py          every token sees every other; learned positions, norms after each part, GELU
    modernbert.py    the same idea with rotary positions, gates, and windows in two layers of three

A family's peculiarities live in its file, never as a flag in the skeleton. What a file does not handle it refuses.
"""

from importlib import import_module

FAMILIES = ("bert", "gpt2", "llama", "mistral", "modernbert")


def from_transformers(model):
    """A `Decoder` with the weights of a transformers model with a language-model head.

    Args:
        model: for instance `AutoModelForCausalLM.from_pretrained(...)`; only its config and weights are read.

    Returns: a `Decoder` in evaluation mode, with copies of the weights, in their dtype and on their device; its call
        on input_ids (B, T) returns the same logits (B, T, V).
    Raises: ValueError for another family, or an option of the family that is not handled.
    Taught in: 02-transformer
    """
    family = model.config.model_type
    if family not in FAMILIES:
        raise ValueError(f"model_type: expected one of {', '.join(FAMILIES)}, got {family}")
    return import_module(f"coursekit.pretrained.{family}").load(model)
