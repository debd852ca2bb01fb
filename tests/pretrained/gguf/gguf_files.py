"""Small GGUF files, written by the `gguf` package."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

ALPHABET = [chr(c) for c in (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))]
ALPHABET += [chr(0x100 + i) for i in range(256 - len(ALPHABET))]
TOKENS = ["<|end|>", *ALPHABET, "Ġt", "he", "Ġthe", "<|turn|>"]
KINDS = [3, *[1] * 256, 1, 1, 1, 3]
MERGES = ["Ġ t", "h e", "Ġt he"]
TEMPLATE = (
    "{% for m in messages %}<|turn|>{{ m['role'] }}: {{ m['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>{% endif %}"
)
SIZES = {
    "block_count": 2,
    "context_length": 32,
    "embedding_length": 64,
    "feed_forward_length": 96,
    "attention.head_count": 4,
    "attention.head_count_kv": 2,
}


def tensors(seed=0, width=64, ffn=96, layers=2, kv=32) -> dict[str, np.ndarray]:
    """Random weights by their names in a file of architecture llama; rows of queries and keys pair by pair."""
    random = np.random.default_rng(seed)
    shapes = {"token_embd": (len(TOKENS), width), "output_norm": (width,)}
    for i in range(layers):
        shapes |= {
            f"blk.{i}.attn_norm": (width,),
            f"blk.{i}.attn_q": (width, width),
            f"blk.{i}.attn_k": (kv, width),
            f"blk.{i}.attn_v": (kv, width),
            f"blk.{i}.attn_output": (width, width),
            f"blk.{i}.ffn_norm": (width,),
            f"blk.{i}.ffn_gate": (ffn, width),
            f"blk.{i}.ffn_up": (ffn, width),
            f"blk.{i}.ffn_down": (width, ffn),
        }
    return {
        f"{name}.weight": (random.normal(size=shape) / 4 + (len(shape) == 1)).astype(np.float32)
        for name, shape in shapes.items()
    }


def write(path: Path, weights=None, kinds=None, sizes=None, keys=None, tokenizer=True, architecture="llama") -> Path:
    """A file.

    Args:
        path: where.
        weights: {name: array}; `tensors()` by default.
        kinds: {name: type to quantize to}, float32 for the others.
        sizes: what to change in SIZES; None takes a key away.
        keys: {key: (type, value)} besides.
        tokenizer: does it have one?
    """
    writer = gguf.GGUFWriter(path, architecture)
    for name, value in (SIZES | (sizes or {})).items():
        if value is not None:
            writer.add_uint32(f"llama.{name}", value)
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    if tokenizer:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("smollm")
        writer.add_token_list(TOKENS)
        writer.add_token_types(KINDS)
        writer.add_token_merges(MERGES)
        writer.add_eos_token_id(0)
        writer.add_chat_template(TEMPLATE)
    for key, (kind, value) in (keys or {}).items():
        getattr(writer, f"add_{kind}")(key, value)
    for name, array in (tensors() if weights is None else weights).items():
        kind = (kinds or {}).get(name)
        raw = array if kind is None else gguf.quants.quantize(array, kind)
        writer.add_tensor(name, raw, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
