"""A telephone number dictated in English, some hundred tokens of something else, and the number asked for again."""

from dataclasses import dataclass

import torch

_BETWEEN = (
    "The harbour was quiet that morning. Two boats came in with the tide, and the men on the quay took their "
    "ropes. A woman sold bread and coffee from a cart. The gulls walked along the wall and waited for fish. "
    "Somebody was mending a net, and somebody else was painting a door. The church bell rang, and the children "
    "ran up the hill to school. After that it was quiet again, and the sea lay flat and grey under the clouds."
)


@dataclass(frozen=True)
class Telephone:
    """A text that ends where the number is to be said again.

    Attributes:
        text: «Ana said: "My phone number is 6 1 4 7." … "My phone number is».
        answer: what follows in the text, " 6 1 4 7".
    """

    text: str
    answer: str


def telephones(count, seed, digits=4, dictated=True):
    """Dictations alike but for their numbers.

    Args:
        count: how many.
        seed: of the numbers.
        digits: of each number, drawn one by one: who guesses is right once in 10^digits.
        dictated: False leaves the number out where it is said first, which makes the answer a guess: a control.

    Returns: list of `Telephone`.
    Raises: ValueError for fewer than one number or digit.

    Taught in: 03-mamba
    """
    if count < 1 or digits < 1:
        raise ValueError(f"expected at least one number of at least one digit, got {count} of {digits}")
    numbers = torch.randint(10, (count, digits), generator=torch.Generator().manual_seed(seed)).tolist()
    return [_telephone(" ".join(map(str, number)), dictated) for number in numbers]


def _telephone(number, dictated):
    said = f"is {number}" if dictated else "is a secret"
    text = f'Ana said: "My phone number {said}." {_BETWEEN} Then Ana said it again: "My phone number is'
    return Telephone(text, f" {number}")
