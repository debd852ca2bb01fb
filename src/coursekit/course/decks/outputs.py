"""The outputs of a deck: which files there are, and what Marp is told for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coursekit.course.decks.built import ROUTE_SUFFIX, BuiltDeck

FORMATS = ("html", "pdf", "pptx", "txt")
_ARGUMENTS = {
    "plain": ("--template", "bare"),
    "html": ("--template", "bespoke"),
    "pdf": ("--pdf", "--pdf-outlines", "--pdf-notes"),  # a student deck has no notes to write
    "pptx": ("--pptx",),
}


@dataclass(frozen=True)
class Output:
    """A file to be made. `form` says how: "plain" (the page for the gates), "html", "pdf", "pptx" or "emptied".

    An emptied PPTX is the instructor's without its notes.
    """

    path: Path
    form: str
    edition: str
    route: bool
    arguments: tuple[str, ...]

    @property
    def title(self) -> str:
        """The title that Marp is told to give it; empty if it keeps the deck's."""
        told = dict(zip(self.arguments, self.arguments[1:]))
        return told.get("--title", "")


def plain_page(deck: BuiltDeck) -> Output:
    """The page that the gates look at."""
    return Output(deck.page.path, "plain", "instructor", False, _ARGUMENTS["plain"])


def outputs_of(
    deck: BuiltDeck, title: str, formats: Sequence[str], editions: Sequence[str], route: bool
) -> list[Output]:
    """What Marp makes of a deck, slowest first, so that two workers end together."""
    outputs = []
    for form in [form for form in ("pptx", "pdf", "html") if form in formats]:
        for edition in editions:
            emptied = form == "pptx" and edition == "student" and "instructor" in editions
            path, how = deck.file(edition, f".{form}"), _ARGUMENTS[form]
            outputs.append(Output(path, "emptied" if emptied else form, edition, False, how))
            if route and form != "pptx":
                path, named = deck.file(edition, f"{ROUTE_SUFFIX}.{form}"), f"{title} (ruta de 15 minutos)"
                outputs.append(Output(path, form, edition, True, (*how, "--title", named)))
    return outputs
