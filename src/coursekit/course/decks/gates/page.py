"""The gate of a built deck: what one sees and what Marp does not say.

Opens the plain page (build/check/decks) in a real browser and reports, for each slide: what runs out of it or over its
neighbours, text too small to read, images that are missing or have no alternative text, what axe-core finds serious
(contrast, names for screen readers), anything fetched from the network, errors on the console, slides without notes,
and minutes that do not add up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from playwright.sync_api import Page, sync_playwright

from coursekit.course.browser import ARGUMENTS
from coursekit.course.decks.html import Section, read_sections
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding
from coursekit.root import checkout

MINIMUM_TEXT = 14  # pixels of a 720-pixel slide
ROUTE_MINUTES = 15
_PATIENCE = 180_000  # milliseconds: a busy machine is no fault of the deck
_LOCAL = ("file:", "data:", "blob:", "about:")
_SCRIPT = Path(__file__).with_name("page.mjs")
_AXE = Path(__file__).with_name("axe.mjs")


def check_deck(bare_html: Path, browser: Path) -> list[Finding]:
    """Every problem of a deck built with Marp's `bare` template; an empty list is a pass.

    Args:
        bare_html: build/check/decks/<name>.html, as `build_deck` leaves it.
        browser: Chromium, Chrome or Edge.

    Raises:
        CourseError: if axe-core is not installed.
    """
    name = bare_html.stem
    sections = read_sections(BeautifulSoup(bare_html.read_text(encoding="utf-8"), "lxml"))
    seen, requests, errors = _look(bare_html, browser)
    titles = {section.number: section.title for section in sections}
    findings = [
        Finding(name, item["slide"], titles.get(item["slide"], ""), item["element"], item["problem"], item["remedy"])
        for item in seen
    ]
    findings += [
        Finding(name, 0, "", url[:80], "is fetched from the network", "save the file beside the deck")
        for url in sorted(set(requests))
    ]
    findings += [Finding(name, 0, "", "console", error[:200], "mend the script or the file") for error in errors]
    return findings + check_notes(name, sections) + check_minutes(name, sections)


def check_notes(name: str, sections: list[Section]) -> list[Finding]:
    """Content slides without presenter notes. Title and references slides need none; nor does a student edition."""
    return [
        Finding(name, section.number, section.title, "notes", "there are none", "say what to say in a <!-- comment -->")
        for section in sections
        if section.note_words == 0 and not section.classes & {"lead", "title", "references"}
    ]


def check_minutes(name: str, sections: list[Section]) -> list[Finding]:
    """The slides' minutes against the deck's, within a tenth or two minutes; the route against its 15."""
    if not sections:
        return [Finding(name, 0, "", "deck", "has no slides", "write one")]
    total = sections[0].tag.get("data-deck-minutes")
    if total is None:
        return [Finding(name, 0, "", "minutes", "the deck does not say how long it is", 'write "minutes: 60" on top')]
    core = [section for section in sections if not section.classes & {"appendix", "references"}]
    findings = [
        Finding(name, section.number, section.title, "_minutes", "is missing", 'write "_minutes: 2" in its comment')
        for section in core
        if section.minutes is None
    ]
    summed = sum(section.minutes or 0 for section in core)
    if abs(summed - float(total)) > max(2.0, 0.1 * float(total)):
        problem = f"the slides take {summed:g}, the deck says {float(total):g}"
        findings.append(Finding(name, 0, "", "minutes", problem, "correct _minutes or minutes"))
    route = sum(section.route or 0 for section in sections)
    if route > ROUTE_MINUTES:
        problem = f"takes {route:g} minutes, more than {ROUTE_MINUTES}"
        findings.append(Finding(name, 0, "", "route", problem, "mark fewer slides or give them less"))
    return findings


def _look(path: Path, browser: Path) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """(problems seen on the page, addresses it asked for, errors of its console)."""
    requests: list[str] = []
    errors: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(browser), args=list(ARGUMENTS), timeout=_PATIENCE)
        try:
            page = chromium.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(_PATIENCE)
            page.on("request", lambda request: _note_request(request.url, requests))
            page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.route(lambda url: not url.startswith(_LOCAL), lambda route: route.abort())
            return _measure(page, path), requests, [error for error in errors if "ERR_FAILED" not in error]
        finally:
            chromium.close()


def _measure(page: Page, path: Path) -> list[dict[str, Any]]:
    page.goto(path.resolve().as_uri())
    page.evaluate("document.fonts.ready")
    seen = page.evaluate(_SCRIPT.read_text(encoding="utf-8"), MINIMUM_TEXT)
    page.evaluate(_axe_core().read_text(encoding="utf-8"))
    return seen + page.evaluate(_AXE.read_text(encoding="utf-8"))


def _axe_core() -> Path:
    path = checkout() / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        raise CourseError("axe-core is not installed: run `npm ci`")
    return path


def _note_request(url: str, requests: list[str]) -> None:
    if not url.startswith(_LOCAL):
        requests.append(url)
