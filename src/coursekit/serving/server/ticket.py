"""A question under way, and how its answer ends."""

from dataclasses import dataclass, field

from coursekit.serving.scheduling.request import Request
from coursekit.serving.text_stream import TextStream


@dataclass(frozen=True)
class Done:
    """The end of an answer.

    Args:
        reason: "stop" (the model or a stop string ended it), "length", "cancelled".
        prompt_tokens, tokens: how many there were.
    """

    reason: str
    prompt_tokens: int
    tokens: int


@dataclass(eq=False)
class Ticket:
    """A question under way: `tell` hands out each piece, then a `Done` or a `Refusal`."""

    request: Request
    text: TextStream
    tell: object
    deadline: float
    known: object = None  # what the response cache calls it
    pieces: list = field(default_factory=list)

    def say(self, piece):
        """Hand out a piece, unless it is empty."""
        if piece:
            self.pieces.append(piece)
            self.tell(piece)
