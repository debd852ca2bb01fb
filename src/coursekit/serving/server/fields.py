"""A JSON body, field by field: each is what was expected, or the request is refused in one line."""

import json

from coursekit.serving.server.refusal import Refusal


def read_json(body):
    """The object in a body. Args: body: bytes. Returns: dict. Raises: Refusal."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"body: expected JSON, got {error if str(error) else type(error).__name__}") from None
    if not isinstance(content, dict):
        raise Refusal(f"body: expected a JSON object, got {type(content).__name__}")
    return content


class Fields:
    """The fields of an object; what is missing or null is its default.

    Args: content: dict; where: its name in messages, with a dot, or "".
    """

    def __init__(self, content, where=""):
        self.content, self.where = content, where

    def get(self, name, kind, expected, default=None):
        """A field of a kind (a class or several). Raises: Refusal."""
        value = self.content.get(name)
        if value is None:
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.refusal(name, expected, value)
        return value

    def number(self, name, low, high, default=None):
        """A finite number, low <= number <= high."""
        expected = f"a number from {low:g} to {high:g}"
        value = self.get(name, (int, float), expected, default)
        if value is not None and not low <= value <= high:  # NaN is not, either
            raise self.refusal(name, expected, value)
        return value

    def whole(self, name, low, high, default=None):
        """A whole number, low <= number <= high."""
        expected = f"a whole number from {low} to {high}"
        value = self.get(name, (int, float), expected, default)
        if value is not None and not (low <= value <= high and value == int(value)):
            raise self.refusal(name, expected, value)
        return None if value is None else int(value)

    def text(self, name, default=None):
        """A str."""
        value = self.get(name, str, "text", default)
        if value is not None:
            check_text(value, self.where + name)
        return value

    def flag(self, name, default=False):
        """true or false."""
        return self.get(name, bool, "true or false", default)

    def part(self, name):
        """An object inside, as `Fields`."""
        return Fields(self.get(name, dict, "an object", {}), f"{self.where}{name}.")

    def stop(self, most=16):
        """Stop strings: a str, or a list of a few."""
        value = self.get("stop", (str, list), "text, or a list of it", [])
        value = [value] if isinstance(value, str) else value
        if len(value) > most or not all(isinstance(one, str) and 0 < len(one) <= 500 for one in value):
            raise self.refusal("stop", f"at most {most} texts of 1 to 500 characters", value)
        return tuple(value)

    def only(self, name, *allowed):
        """A field that may be there only with a value that changes nothing."""
        value = self.content.get(name)
        if value is not None and value not in allowed:
            raise Refusal(f"{self.where}{name}: not supported by this server, got {_brief(value)}", field=name)

    def refusal(self, name, expected, value):
        """What to raise where a field is something else."""
        return Refusal(f"{self.where}{name}: expected {expected}, got {_brief(value)}", field=name)


def check_text(text, name):
    """Raise a Refusal for a text that holds half a pair of UTF-16, which JSON can spell and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refusal(f"{name}: expected text, got a lone surrogate", field=name) from None


def _brief(value):
    return f"{json.dumps(value, ensure_ascii=True)[:60]}"
