"""What was asked, whichever API it came by."""

from dataclasses import dataclass, field

from coursekit.serving.sampling.sampling import Sampling
from coursekit.serving.server.refusal import Refusal


@dataclass(frozen=True)
class Question:
    """A prompt, and how it is to be continued.

    Args:
        prompt: text; or ids; or messages, list of {"role", "content"}.
        max_tokens: most tokens of the answer; None = as many as the limits and the context allow.
        stop: strings that end it.
        options: of `Sampling`.
        seed: of the draws.
        schema: a JSON schema that the answer must fit, or None.
    """

    prompt: str | list
    max_tokens: int | None = None
    stop: tuple = ()
    options: dict = field(default_factory=dict)
    seed: int = 0
    schema: dict | None = None

    def ids(self, tokenizer):
        """The prompt's tokens. Raises: Refusal."""
        try:
            if isinstance(self.prompt, str):
                return tokenizer.encode(self.prompt)
            if self.prompt and isinstance(self.prompt[0], dict):
                return tokenizer.chat(self.prompt)
            return list(self.prompt)
        except (ValueError, AttributeError) as error:
            raise Refusal(f"prompt: {error}", field="prompt") from None

    def budget(self, length, limits, context):
        """How long the answer may be, after a prompt of so many tokens. Raises: Refusal."""
        if not 1 <= length <= limits.prompt_tokens:
            raise Refusal(f"prompt: expected 1 to {limits.prompt_tokens} tokens, got {length}", field="prompt")
        room = context - length
        wanted = min(limits.max_tokens, room) if self.max_tokens is None else self.max_tokens
        if wanted > limits.max_tokens:
            raise Refusal(f"max_tokens: expected at most {limits.max_tokens}, got {wanted}", field="max_tokens")
        if room < 1 or wanted > room:
            raise Refusal(
                f"prompt: expected at most {context} tokens with the answer, got {length} and {max(wanted, 1)} of it",
                field="prompt",
            )
        return wanted

    def sampling(self, constraint, length):
        """How its tokens are drawn. Args: constraint: schema -> a `Constraint`. Raises: Refusal."""
        try:
            steps = () if self.schema is None else (constraint(self.schema).after(length),)
            return Sampling(**self.options, steps=steps)
        except (ValueError, RecursionError) as error:
            raise Refusal(str(error) or "format: expected a schema that is less deep", field="format") from None

    def certain(self, ids, budget):
        """What its answer depends on where nothing is left to luck, hashable; None where something is."""
        if self.options.get("temperature") != 0:
            return None
        return tuple(ids), budget, self.stop, repr(sorted(self.options.items())), repr(self.schema)
