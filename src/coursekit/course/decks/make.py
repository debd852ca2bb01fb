"""Make one output of a deck, unless it is up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.cache import Stamps, digest_values
from coursekit.course.decks.marp import run_marp
from coursekit.course.decks.outputs import Output
from coursekit.course.decks.pdf_finish import finish_pdf
from coursekit.course.decks.pptx_notes import strip_notes
from coursekit.course.finding import FindingsError


@dataclass(frozen=True)
class Maker:
    """Makes the outputs of `deck` from its `source`; `built` lists those that were not up to date."""

    project: Path
    source: Path
    deck: BuiltDeck
    context: Mapping[str, Any]
    inputs: str
    stamps: Stamps
    browser: Path | None
    built: list[Path] = field(default_factory=list)

    def make(self, output: Output) -> None:
        """Safe to call from several threads, for outputs that do not need each other.

        Raises:
            FindingsError: for what is wrong with the deck.
            CourseError: if Marp fails otherwise.
        """
        told = {"edition": output.edition, "form": output.form, "route": output.route, "title": output.title}
        context = {**self.context, **told}
        digest = digest_values({"inputs": self.inputs, "context": context, "arguments": output.arguments})
        if self.stamps.fresh(output.path, digest):
            return
        if output.form == "emptied":
            strip_notes(self.deck.file("instructor", ".pptx"), output.path)
        else:
            run_marp(self.project, self.source, output.path, output.arguments, context, self.browser)
        if output.form in _FINISH:
            _FINISH[output.form](self.deck, output)
        self.stamps.save(output.path, digest)
        self.built.append(output.path)


def _check_formulas(deck: BuiltDeck, output: Output) -> None:
    """What only the rendered page shows: formulas that MathJax could not read. A faulty page is removed.

    Of a macro that it does not know, MathJax draws the name in red and says nothing.
    """
    findings = [
        section.finding(deck.name, "formula", f"TeX error: {error['data-mjx-error']}", "mend the formula")
        for section in deck.page.sections
        for error in section.tag.select("[data-mjx-error]")
    ]
    findings += [
        section.finding(deck.name, f"formula {drawn}", "TeX does not know this macro", _MACRO)
        for section in deck.page.sections
        for red in section.tag.select('[data-mml-node="mtext"][fill="red"]')
        if (drawn := "".join(chr(int(sign["data-c"], 16)) for sign in red.select("[data-c]"))).startswith("\\")
    ]
    if findings:
        output.path.unlink()
        raise FindingsError(findings)


def _name_pages(deck: BuiltDeck, output: Output) -> None:
    """A PDF's outline says the slides' titles. The route ends with its own references, which are fewer."""
    slides = [
        slide for slide in deck.page.sections if (slide.route is not None if output.route else not slide.only_route)
    ]
    finish_pdf(output.path, [slide.title for slide in slides for _ in range(slide.pages)])


_MACRO = r"correct its name, or write \operatorname{…}"
_FINISH = {"plain": _check_formulas, "pdf": _name_pages}  # what is left to do after Marp
