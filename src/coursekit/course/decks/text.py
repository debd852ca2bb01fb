"""A deck's source as text: its front matter, its slides, and the names that it refers to.

Leaves out: rendering. The engine (slides/engine) parses Markdown properly; this only finds what Python must supply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from coursekit.course.finding import Finding, FindingsError
from coursekit.course.layout import read_text
from coursekit.course.text.spans import read_spans

_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^(`{3,}|~{3,})")
_CODE = re.compile(
    r"^(?P<open>(?P<mark>`{3,}|~{3,})[^\n]*?\bsource=(?P<key>[^\n`]+?)[ \t]*\n)(?P<body>.*?)^(?P=mark)",
    re.DOTALL | re.MULTILINE,
)
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)|<(?:img|video|source)\b[^>]*?\ssrc=\"([^\"]*)\"")


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

    def citations(self) -> set[str]:
        return set(re.findall(r"(?<![\w.])@([^\s\],;]+)", self.text))

    def images(self) -> set[str]:
        return {first or second for first, second in _IMAGE.findall(self.text)}

    def code_keys(self) -> list[tuple[SlideText, str]]:
        """(slide, "module:name part=…") of each fenced block with `source=`."""
        return [(slide, _key(match)) for slide in self.slides for match in _CODE.finditer(slide.text)]


def read_deck(path: Path) -> DeckText:
    """Read a deck.

    Raises:
        FindingsError: if the file is missing, its front matter is not YAML, or its theme is not this course's
            (Marp shows such decks in its default theme and says nothing).
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
    if front.get("theme") != "coursekit":
        problem = f"unknown theme {front.get('theme')!r}"
        raise _whole(path.stem, "theme", problem, 'write "theme: coursekit" in the front matter')
    deck = DeckText(path.stem, text, front, _slides(text[match.end() :]))
    _check_breaks(deck)
    return deck


def replace_code(text: str, replace: Any) -> str:
    """`text` with the body of each ``source=`` block replaced by ``replace(key)``."""
    return _CODE.sub(lambda match: match["open"] + replace(_key(match)).rstrip("\n") + "\n" + match["mark"], text)


def _key(match: re.Match[str]) -> str:
    return " ".join(match["key"].split())


def _slides(body: str) -> list[SlideText]:
    slides, lines, fence, comment = [], [], "", False
    for line in [*body.splitlines(), "---"]:
        if not fence and not comment and re.fullmatch(r"-{3,}[ \t]*", line) and (not lines or not lines[-1].strip()):
            slides.append(lines)
            lines = []
            continue
        mark = _FENCE.match(line)
        if mark and not comment and (not fence or line.strip() == fence):
            fence = "" if fence else mark[1]
        if not fence:
            comment = "-->" not in line if (comment or "<!--" in line) else False
        lines.append(line)
    if lines and lines != ["---"]:
        slides.append(lines[:-1])
    return [SlideText(i, _title(lines), "\n".join(lines) + "\n") for i, lines in enumerate(slides, start=1)]


def _title(lines: list[str]) -> str:
    return next((line.lstrip("#").strip() for line in lines if re.match(r"#{1,6} ", line)), "")


def _check_breaks(deck: DeckText) -> None:
    """`---` right under a line of text makes that line a heading, and the slide break is lost."""
    findings = []
    for slide in deck.slides:
        visible = re.sub(r"^(`{3,}|~{3,}).*?^\1|<!--.*?-->", "", slide.text, flags=re.DOTALL | re.MULTILINE)
        for match in re.finditer(r"^([^\n|]*\S[^\n|]*)\n---+[ \t]*$", visible, flags=re.MULTILINE):
            problem = f"stands right under «{match[1].strip()[:40]}», so it makes a heading and no new slide"
            findings.append(deck.finding(slide, "---", problem, "leave a blank line above and below ---"))
    if findings:
        raise FindingsError(findings)


def _whole(name: str, element: str, problem: str, remedy: str) -> FindingsError:
    """The error about a deck as a whole."""
    return FindingsError([Finding(name, 0, "", element, problem, remedy)])
