"""The tokenizer of a GGUF file."""

from coursekit.tokenizers.published import SPLITS, PublishedBPE

_NORMAL, _UNKNOWN, _CONTROL, _USER = 1, 2, 3, 4  # kinds of token; 5 is unused, 6 a byte
_SPECIAL = (_CONTROL, _USER)


def load_tokenizer(container):
    """The byte-level BPE of a file.

    Args: container: a `coursekit.pretrained.gguf.container.Container`.
    Returns: a `PublishedBPE`, with the file's chat template if it has one.
    Raises: ValueError when the file has another kind of tokenizer, or lists that do not fit.

    Source: ggml, docs/gguf.md, Tokenizer.
    Taught in: 02-transformer
    """
    kind, split = (container.get(f"tokenizer.ggml.{key}", str, "none") for key in ("model", "pre"))
    if kind != "gpt2" or split not in SPLITS:
        expected = f"tokenizer gpt2 with pre-tokenization {', '.join(SPLITS)}"
        problem = f"expected {expected}, got {kind!r:.40} with {split!r:.40}: tokenizer=False reads the model alone"
        raise ValueError(f"{container.path}: {problem}")
    tokens = container.get("tokenizer.ggml.tokens", list)
    kinds = container.get("tokenizer.ggml.token_type", list, [_NORMAL] * len(tokens))
    if len(kinds) != len(tokens):
        raise ValueError(f"{container.path}: {len(tokens)} tokens, but {len(kinds)} of tokenizer.ggml.token_type")
    try:
        return PublishedBPE(
            tokens,
            container.get("tokenizer.ggml.merges", list),
            split=split,
            special=[i for i, kind in enumerate(kinds) if kind in _SPECIAL],
            begin=_id(container, "bos_token_id")
            if container.get("tokenizer.ggml.add_bos_token", bool, False)
            else None,
            end=_id(container, "eos_token_id"),
            chat_template=container.get("tokenizer.chat_template", str, "") or None,
        )
    except ValueError as error:
        raise ValueError(f"{container.path}: {error}") from None


def _id(container, key):
    value = container.get(f"tokenizer.ggml.{key}", int, -1)
    return None if value < 0 else value
