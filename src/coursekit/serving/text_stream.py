"""Tokens become text while they come: whole characters only, and nothing of a stop string."""

import codecs


class TextStream:
    """The text of an answer, piece by piece.

        stream = TextStream(tokenizer, stop=["\\n\\n", "User:"])
        for token in tokens:
            show(stream.feed(token))
            if stream.stopped: break
        show(stream.end())

    A token may end inside a character: its bytes wait for the rest. A stop string may begin in one token and end in
    another: what could be its beginning waits until it is known. All pieces together are the text before the stop
    string that is complete first, whatever the borders of the tokens.

    Args:
        tokenizer: with `decode_bytes(ids)`.
        stop: str, or a list of them, none empty.

    Attributes:
        stopped: was a stop string met?
        text: all that was handed out.

    Raises: ValueError for a stop string that is empty or no str.

    Taught in: 07-despliegue
    """

    def __init__(self, tokenizer, stop=()):
        self.stop = check_stop(stop)
        self.stopped, self.text = False, ""
        self._tokenizer, self._waiting = tokenizer, ""
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def feed(self, token):
        """The next token; what may be shown now, perhaps nothing."""
        return self._more(self._decoder.decode(self._tokenizer.decode_bytes([token])))

    def end(self):
        """No token will follow: what still waited, unless a stop string was met."""
        piece = self._more(self._decoder.decode(b"", final=True))
        rest, self._waiting = self._waiting, ""
        self.text += rest
        return piece + rest

    def _more(self, text):
        piece = ""
        for character in text:  # one by one, so that the borders of the tokens change nothing
            if self.stopped:
                break
            self._waiting += character
            met = max((len(stop) for stop in self.stop if self._waiting.endswith(stop)), default=0)
            self.stopped = met > 0
            waits = 0 if met else max((_overlap(self._waiting, stop) for stop in self.stop), default=0)
            known = len(self._waiting) - (met or waits)
            piece, self._waiting = piece + self._waiting[:known], self._waiting[known:] if waits else ""
        self.text += piece
        return piece


def check_stop(stop):
    """The stop strings as a tuple. Raises: ValueError for one that is empty or no str."""
    stop = (stop,) if isinstance(stop, str) else tuple(stop or ())
    for one in stop:
        if not isinstance(one, str) or not one:
            raise ValueError(f"stop: expected text that is not empty, got {one!r:.60}")
    return stop


def _overlap(text, stop):
    """The longest end of a text that begins a stop string, in characters."""
    return next((n for n in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:n])), 0)
