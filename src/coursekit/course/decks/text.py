"""A deck's source as text: its front matter, its slides, and the names that it refers to.

Leaves out: rendering. The engine (slides/engine) parses Markdown properly; this only finds what Python must supply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from coursekit.course.finding import Finding, FindingsError
from coursekit.course.layout import read_text
from coursekit.course.text.spans import read_spans

_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_CODE = re.compile(
    r"^(?P<open>(?P<mark>`{3,}|~{3,})[^\n]*?\bsource=(?P<key>[^\n`]+?)[ \t]*\n)(?P<body>.*?)^(?P=mark)",
    re.DOTALL | re.MULTILINE,
)
# What may be a file that the deck shows: in ![…](…), in an attribute or in url(…), however it is quoted.
_FILE = re.compile(
    r"""[(<"'=]\s*<?([^\n"'<>()]+\.(?:svg|png|jpe?g|gif|webp|avif|mp4|webm|mp3|ogg|wav|woff2))""", re.IGNORECASE
)
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class SlideText:
    number: int
    title: str
    text: str


@dataclass(frozen=True)
class DeckText:
    name: str
    text: str
    front: dict[str, Any]
    slides: list[SlideText]

    def finding(self, slide: SlideText, element: str, problem: str, remedy: str) -> Finding:
        return Finding(self.name, slide.number, slide.title, element, problem, remedy)

    def metrics(self) -> set[str]:
        return {span.name for span in read_spans(self.text) if span.kind == "metric"}

    def claims(self) -> set[str]:
        return {span.name for span in read_spans(self.text) if span.kind == "claim"}

    def states(self) -> set[str]:
        """What its switches and sliders show."""
        return set(re.findall(r"""\bdata-states\s*=\s*["']?([^"'\s>]+)""", self.text))

    def citations(self) -> set[str]:
        return set(re.findall(r"(?<![\w.])@([^\s\],;]+)", self.text))

    def images(self) -> set[str]:
        """Paths of files that the deck may show, as they are written and without percent signs."""
        found = {name.strip() for name in _FILE.findall(self.text)}
        return found | {unquote(name) for name in found}

    def code_keys(self) -> list[tuple[SlideText, str]]:
        """(slide, "module:name part=…") of each fenced block with `source=`."""
        return [(slide, _key(match)) for slide in self.slides for match in _CODE.finditer(slide.text)]


def read_deck(path: Path) -> DeckText:
    """Read a deck.

    Raises:
        FindingsError: if the file is missing, its front matter is not YAML, it is not for Marp, or its theme is not
            this course's (Marp shows such decks in its default theme and says nothing).
        CourseError: if it is not UTF-8.
    """
    if not path.is_file():
        raise _whole(path.stem, str(path), "does not exist", "check the path; `coursekit new` makes a deck")
    text = read_text(path)
    match = _FRONT.match(text)
    try:
        front = yaml.safe_load(match[1]) if match else None
    except yaml.YAMLError as error:
        problem = f"is not YAML ({str(error).splitlines()[0]})"
        raise _whole(path.stem, "front matter", problem, "mend the block at the top") from error
    if not isinstance(front, dict):
        raise _whole(path.stem, "front matter", "is missing", "start the file with --- marp: true … ---")
    if front.get("marp") is not True:
        problem = f"is {front['marp']!r}, so Marp shows no slides" if "marp" in front else "is missing"
        raise _whole(path.stem, "marp", problem, 'write "marp: true" in the front matter')
    if front.get("theme") != "coursekit":
        problem = f"unknown theme {front.get('theme')!r}"
        raise _whole(path.stem, "theme", problem, 'write "theme: coursekit" in the front matter')
    deck = DeckText(path.stem, text, front, _slides(text[match.end() :], front))
    _check_breaks(deck)
    return deck


def code_blocks(text: str) -> list[tuple[int, str, str]]:
    """(line, key, literal) of each ``source=`` block of a deck."""
    return [(text.count("\n", 0, match.start()) + 1, _key(match), match["body"]) for match in _CODE.finditer(text)]


def replace_code(text: str, replace: Any) -> str:
    """`text` with the body of each ``source=`` block replaced by ``replace(key)``."""
    return _CODE.sub(lambda match: match["open"] + replace(_key(match)).rstrip("\n") + "\n" + match["mark"], text)


def _key(match: re.Match[str]) -> str:
    return " ".join(match["key"].split())


def _slides(body: str, front: Mapping[str, Any]) -> list[SlideText]:
    """Cut where Marp does: at every thematic break of CommonMark, and at the headings of `headingDivider`."""
    lines, tokens = body.splitlines(), _MARKDOWN.parse(body)
    top = [(i, token) for i, token in enumerate(tokens) if token.level == 0 and token.map]
    breaks = [(token.map[0], token.map[1]) for _, token in top if token.type == "hr"]
    breaks += [
        (token.map[0], token.map[0])
        for i, token in top
        if token.type == "heading_open" and token.tag in _dividers(front) and _is_shown(tokens[:i])
    ]
    breaks.sort()
    ends = [*(first for first, _ in breaks), len(lines)]
    begins = [0, *(after for _, after in breaks)]
    titles = [(token.map[0], tokens[i + 1].content) for i, token in top if token.type == "heading_open"]
    cut = list(zip(begins, ends))
    if len(cut) > 1 and not any(line.strip() for line in lines[begins[-1] :]):
        cut.pop()  # the file ends with a break
    return [
        SlideText(
            number,
            next((title for line, title in titles if begin <= line < end), ""),
            "\n".join(lines[begin:end]) + "\n",
        )
        for number, (begin, end) in enumerate(cut, start=1)
    ]


def _dividers(front: Mapping[str, Any]) -> set[str]:
    """The tags of the headings that begin a slide: up to a level, or those of a list of levels."""
    given = front.get("headingDivider", [])
    return {f"h{level}" for level in (given if isinstance(given, list) else range(1, int(given) + 1))}


def _is_shown(tokens: Sequence[Token]) -> bool:
    """Is there anything but comments?"""
    return any(token.type != "html_block" or not token.content.lstrip().startswith("<!--") for token in tokens)


def _check_breaks(deck: DeckText) -> None:
    """`---` right under a line of text makes that line a heading, and the slide break is lost."""
    findings = []
    for slide in deck.slides:
        lines = slide.text.splitlines()
        for token in _MARKDOWN.parse(slide.text):
            if (
                token.type == "heading_open"
                and token.markup == "-"
                and re.fullmatch(r" *-{3,}[ \t]*", lines[token.map[1] - 1])
            ):
                under = lines[token.map[1] - 2].strip()[:40]
                problem = f"stands right under «{under}», so it makes a heading and no new slide"
                findings.append(deck.finding(slide, "---", problem, "leave a blank line above and below ---"))
    if findings:
        raise FindingsError(findings)


def _whole(name: str, element: str, problem: str, remedy: str) -> FindingsError:
    """The error about a deck as a whole."""
    return FindingsError([Finding(name, 0, "", element, problem, remedy)])
