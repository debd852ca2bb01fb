"""A request that cannot be answered, and what it is told."""


class Refusal(Exception):
    """Ends a request with a status and one line.

    Args:
        message: the line.
        status: of HTTP: 400 a request that is wrong, 404 no such model, 413 too large, 429 too many, 504 too long.
        field: of the request, or None.
    """

    def __init__(self, message, status=400, field=None):
        super().__init__(" ".join(str(message).split())[:500])
        self.status, self.field = status, field


def too_many(limit):
    """Everybody who may wait is waiting already."""
    return Refusal(f"busy: at most {limit} requests at a time; try again in a moment", 429)
