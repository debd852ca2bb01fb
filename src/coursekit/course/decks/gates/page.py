"""The gate of what one sees: the plain page (build/check/decks) in a real browser.

Reports, for each slide: what runs out of it or over its neighbours, text too small to read or hidden, images that are
missing, blurred or described in too few words, what axe-core finds serious (contrast, names for screen readers),
anything that the page asks for, and errors on the console.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from coursekit.course.browser import ARGUMENTS, browser_or_hint
from coursekit.course.decks.built import BuiltDeck
from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding
from coursekit.root import checkout

ALT_WORDS = 6  # as for the figures of a notebook
MINIMUM_TEXT = 14  # pixels of a 720-pixel slide
MINIMUM_DRAWN, MINIMUM_CODE = 20, 22  # in figures, and of code and citations, in decks of the second edition
_PATIENCE = 180_000  # milliseconds: a busy machine is no fault of the deck
_WITHIN = ("data:", "blob:", "about:")
_ASKED = re.compile(r"ERR_(?:FAILED|FILE_NOT_FOUND)")  # reported as requests
_SCRIPT = Path(__file__).with_name("page.mjs")
_AXE = Path(__file__).with_name("axe.mjs")


def check(deck: BuiltDeck) -> Iterator[Finding]:
    """What is wrong with the plain page of a deck, built with Marp's `bare` template.

    Raises:
        CourseError: if there is no browser, the deck was not built, or axe-core is not installed.
    """
    browser, hint = browser_or_hint()
    if browser is None:
        raise CourseError(f"the decks cannot be tested: {hint}")
    titles = {section.number: section.title for section in deck.page.sections}
    seen, requests, errors = _look(deck.page.path, browser)
    for item in seen:
        title = titles.get(item["slide"], "")
        yield Finding(deck.name, item["slide"], title, item["element"], item["problem"], item["remedy"])
    for url in sorted(set(requests)):
        how = "is no part of the deck" if url.startswith("file:") else "is fetched from the network"
        yield Finding(deck.name, 0, "", url[:80], how, "show it as an image of the deck")
    for error in errors:
        yield Finding(deck.name, 0, "", "console", error[:200], "mend the script or the file")


def _look(path: Path, browser: Path) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """(problems seen on the page, addresses it asked for, errors of its console)."""
    requests: list[str] = []
    errors: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(browser), args=list(ARGUMENTS), timeout=_PATIENCE)
        try:
            page = chromium.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(_PATIENCE)
            page.on("request", lambda request: _note_request(request.url, path, requests))
            page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.route(lambda url: not url.startswith(("file:", *_WITHIN)), lambda route: route.abort())
            return _measure(page, path), requests, [error for error in errors if not _ASKED.search(error)]
        finally:
            chromium.close()


def _measure(page: Page, path: Path) -> list[dict[str, Any]]:
    page.goto(path.resolve().as_uri())
    page.evaluate("document.fonts.ready")
    seen = page.evaluate(_SCRIPT.read_text(encoding="utf-8"), [MINIMUM_TEXT, ALT_WORDS, MINIMUM_DRAWN, MINIMUM_CODE])
    page.evaluate(_axe_core(path).read_text(encoding="utf-8"))
    return seen + page.evaluate(_AXE.read_text(encoding="utf-8"))


def _axe_core(page: Path) -> Path:
    """Of the course that the page was built in, or of this package's checkout."""
    script = Path("node_modules", "axe-core", "axe.min.js")
    for folder in [*page.resolve().parents, checkout()]:
        if (folder / script).is_file():
            return folder / script
    raise CourseError("axe-core is not installed: run `npm ci`")


def _note_request(url: str, path: Path, requests: list[str]) -> None:
    own = url.startswith("file:") and url.partition("#")[0] == path.resolve().as_uri()
    if not own and not url.startswith(_WITHIN):
        requests.append(url)
