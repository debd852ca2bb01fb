"""How much may be asked for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one request, and all of them together, may ask for.

    Args:
        prompt_tokens: longest prompt.
        max_tokens: longest answer, in tokens; also where a request does not say.
        requests: most at a time, those that wait included; the next one is told to come back.
        seconds: longest time from a request to the end of its answer.
        body_bytes: largest body.

    Raises: ValueError for a limit that is not above 0.

    Taught in: 07-despliegue
    """

    prompt_tokens: int = 4096
    max_tokens: int = 1024
    requests: int = 64
    seconds: float = 300.0
    body_bytes: int = 1_000_000

    def __post_init__(self):
        for name, value in vars(self).items():
            if (
                isinstance(value, bool)
                or not isinstance(value, int if name != "seconds" else int | float)
                or value <= 0
            ):
                raise ValueError(f"{name}: expected a number above 0, got {value!r}")
