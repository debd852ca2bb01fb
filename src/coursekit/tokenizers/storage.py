"""Tokenizers in files: JSON, never pickle; written whole or not at all, and nothing is believed that was read."""

import json
import os
from pathlib import Path
from shutil import copymode
from uuid import uuid4

from coursekit.tokenizers.checks import brief


def write_json(path, kind, content):
    """Write one tokenizer, into another file first: where that fails, the one that was there stays as it was.

    Args:
        path: file to write.
        kind: name of the class.
        content: what `read_json` hands on; JSON types only.
    """
    document = {"format": f"coursekit.tokenizers.{kind}", "content": content}
    data = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    path = Path(os.path.realpath(path))  # a link stays a link
    partial = path.with_name(f".{uuid4().hex}.partial")
    try:
        partial.write_bytes(data)
        if path.exists():
            copymode(path, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_json(path, kind, build):
    """Read what `write_json` wrote.

    Args:
        path: file.
        kind: name of the class that was saved.
        build: content -> tokenizer; raises a ValueError at what is none.

    Returns: the tokenizer.
    Raises: ValueError, of one line that names the file, when it is not of this kind or `build` refuses it.
    """
    expected = f"{path}: expected a tokenizer saved by coursekit.tokenizers.{kind}.save"
    try:
        data = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{expected}, got no JSON ({error})") from None
    if not isinstance(data, dict) or data.get("format") != f"coursekit.tokenizers.{kind}" or "content" not in data:
        found = data.get("format", "no format") if isinstance(data, dict) else type(data).__name__
        raise ValueError(f"{expected}, got {brief(found)}")
    try:
        return build(data["content"])
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
