"""Which files a deck becomes, and in which order they are made."""

from __future__ import annotations

from pathlib import Path

from coursekit.course.decks.built import EDITIONS, BuiltDeck
from coursekit.course.decks.outputs import FORMATS, Output, outputs_of, plain_page

DECK = BuiltDeck("90-demo", Path("build/decks"))


def made(*formats: str, editions: tuple[str, ...] = EDITIONS, route: bool = True) -> list[Output]:
    return outputs_of(DECK, "Demo", formats, editions, route)


def test_the_slowest_come_first_and_notes_are_not_marp_s() -> None:
    assert [f"{output.path.relative_to('build/decks').as_posix()} {output.form}" for output in made(*FORMATS)] == [
        "instructor/90-demo.pptx pptx",
        "student/90-demo.pptx emptied",
        "instructor/90-demo.pdf pdf",
        "instructor/90-demo-15min.pdf pdf",
        "student/90-demo.pdf pdf",
        "student/90-demo-15min.pdf pdf",
        "instructor/90-demo.html html",
        "instructor/90-demo-15min.html html",
        "student/90-demo.html html",
        "student/90-demo-15min.html html",
    ]


def test_the_route_says_what_it_is() -> None:
    whole, route = made("pdf", editions=("student",))
    assert (whole.route, route.route) == (False, True)
    assert route.arguments == (*whole.arguments, "--title", "Demo (ruta de 15 minutos)")
    assert len(made("pdf", editions=("student",), route=False)) == 1


def test_a_student_pptx_alone_is_rendered() -> None:
    assert [output.form for output in made("pptx", editions=("student",))] == ["pptx"]


def test_the_plain_page_is_for_the_gates() -> None:
    page = plain_page(DECK)
    assert page.path == Path("build/check/decks/90-demo.html")
    assert page.arguments == ("--template", "bare")
