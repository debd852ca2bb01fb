"""A function's results, kept: words repeat, so most of a text is encoded by looking it up."""

_KEPT = 1 << 18  # results
_LONGEST = 64  # characters of a key that is worth keeping


class Memo(dict):
    """Calls a function once a key, as long as there is room; memory stays bounded.

    Args: function: str -> anything.
    """

    def __init__(self, function):
        self.function = function

    def __missing__(self, key):
        result = self.function(key)
        if len(self) < _KEPT and len(key) <= _LONGEST:
            self[key] = result
        return result
