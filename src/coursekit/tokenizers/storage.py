"""Tokenizers in files: JSON, never pickle, and nothing is believed that was read."""

import json
from pathlib import Path


def write_json(path, kind, content):
    """Write one tokenizer.

    Args:
        path: file to write.
        kind: name of the class.
        content: what `read_json` gives back; JSON types only.
    """
    text = json.dumps({"format": f"coursekit.tokenizers.{kind}", "content": content}, ensure_ascii=False)
    Path(path).write_text(text, encoding="utf-8")


def read_json(path, kind):
    """Read what `write_json` wrote.

    Args: path: file. kind: name of the class that was saved.
    Returns: the content.
    Raises: ValueError when the file is not of this kind.
    """
    expected = f"{path}: expected a tokenizer saved by coursekit.tokenizers.{kind}.save"
    try:
        data = json.loads(Path(path).read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{expected}, got no JSON ({error})") from None
    if not isinstance(data, dict) or data.get("format") != f"coursekit.tokenizers.{kind}" or "content" not in data:
        found = data.get("format", "no format") if isinstance(data, dict) else type(data).__name__
        raise ValueError(f"{expected}, got {found!r:.80}")
    return data["content"]
