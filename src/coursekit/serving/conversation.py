"""Talking to a model: what was said stays in the cache, and the answer comes piece by piece."""

import torch

from coursekit.serving.generate import check_temperature, draw
from coursekit.serving.text_stream import TextStream


class Conversation:
    """What was said so far between a user and a model, within the model's context.

        for piece in conversation.say("What is the capital of Spain?"):
            print(piece, end="")

    The model reads only what it has not read: the cache of the last turn holds the rest. When there is no room for an
    answer, the oldest turns are forgotten (the system's message never is), and what is left is read anew.

    Args:
        model: a `Decoder`.
        tokenizer: a `PublishedBPE` with a chat template.
        system: what the model is told first; None = what its template says.
        temperature: >= 0.
        max_tokens: most tokens of an answer.
        seed: of the draws.

    Attributes:
        messages: list of {"role", "content"}.
        forgotten: how many messages were dropped.

    Raises: ValueError when the tokenizer has no chat template, or max_tokens leaves no room in the context.

    Taught in: 07-despliegue
    """

    def __init__(self, model, tokenizer, system=None, temperature=0.7, max_tokens=256, seed=0):
        if tokenizer.chat_template is None:
            raise ValueError("tokenizer: expected one with a chat template, got one without")
        check_temperature(temperature)
        if not 1 <= max_tokens < model.config.context:
            raise ValueError(f"max_tokens: expected 1 .. {model.config.context - 1}, got {max_tokens}")
        self.model, self.tokenizer = model, tokenizer
        self.temperature, self.max_tokens = temperature, max_tokens
        self.messages = [] if system is None else [{"role": "system", "content": system}]
        self.forgotten = 0
        self._generator = torch.Generator().manual_seed(seed)
        self._read, self._cache = [], None  # ids in the cache

    def say(self, text):
        """Say something; the answer is remembered as far as it came, also when it is broken off.

        Args: text: str.
        Yields: str, the pieces of the answer, each whole characters.
        Raises: ValueError when the text alone leaves no room for an answer; nothing is remembered then.
        """
        self.messages.append({"role": "user", "content": text})
        try:
            ids = self._within_context()
        except ValueError:
            self.messages.pop()
            raise
        answer = []
        try:
            for piece in self._pieces(ids):
                answer.append(piece)
                yield piece
        finally:
            self.messages.append({"role": "assistant", "content": "".join(answer)})

    def _within_context(self):
        """The ids of the conversation, its oldest turns forgotten where there is no room for an answer."""
        room = self.model.config.context - self.max_tokens
        first = int(self.messages[0]["role"] == "system")
        ids = self.tokenizer.chat(self.messages)
        messages = list(self.messages)
        while len(ids) > room and len(messages) > first + 1:
            del messages[first : first + 2]  # what was asked, and its answer
            ids = self.tokenizer.chat(messages)
        if len(ids) > room:
            raise ValueError(f"text: expected at most {room} tokens with what stands around it, got {len(ids)}")
        self.forgotten += len(self.messages) - len(messages)
        self.messages = messages
        return ids

    def _pieces(self, ids):
        text = TextStream(self.tokenizer)
        for token in self._tokens(ids):
            if piece := text.feed(token):
                yield piece
        if piece := text.end():
            yield piece

    def _tokens(self, ids):
        """The tokens of an answer, up to the one that ends it."""
        known = len(self._read)
        if self._cache is None or known >= len(ids) or self._read != ids[:known]:
            self._cache, self._read, known = self.model.new_cache(1), [], 0
        fresh = ids[known:]
        for _ in range(self.max_tokens):
            with torch.inference_mode():
                logits = self.model(torch.tensor([fresh]), self._cache)[:, -1]  # (1, V)
                token = draw(logits, self.temperature, self._generator).item()
            self._read += fresh
            if token == self.tokenizer.end:
                return
            fresh = [token]
            yield token
