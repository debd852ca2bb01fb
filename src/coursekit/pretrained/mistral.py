"""Mistral: Llama with a sliding window (v0.1; later versions have none)."""

from coursekit.pretrained import llama


def load(model):
    """A `MistralForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Jiang et al. 2023 (Mistral 7B), section 2.
    Taught in: 02-transformer
    """
    return llama.load(model, window=model.config.sliding_window)
