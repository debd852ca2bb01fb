"""The theme: what is text can be read, and what it loads is in the repository, with its licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

THEME = Path(__file__).parents[3] / "slides" / "theme"
CSS = (THEME / "coursekit.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r"\{(\n  --paper.*?)\}", CSS, re.DOTALL)
)
TEXT = ("ink", "muted", "accent", "text-blue", "text-green", "text-orange", "text-vermillion", "text-purple")


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance of "#rrggbb"."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_by_hand() -> None:
    # Black on white: (1 + 0.05) / (0 + 0.05) = 21.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("text", TEXT)
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("palette", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(palette: dict[str, str], ground: str, text: str) -> None:
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("kind", ["exercise", "demo", "question", "appendix"])
def test_labels_can_be_read(kind: str) -> None:
    for rule in re.findall(rf"section\.{kind}(?:\.dark)? \{{ (.*?) \}}", CSS):
        own = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule))
        for name in {"paper", "raised"} & own.keys():
            assert all(
                contrast(own[name], ({**LIGHT, **DARK} if luminance(own[name]) < 0.2 else LIGHT)[text]) >= 4.5
                for text in TEXT
            )


def size(selector: str) -> int:
    """The font size in pixels that the theme gives to this selector."""
    rules = re.findall(rf"^{re.escape(selector)} \{{(.*?)\}}", CSS, re.DOTALL | re.MULTILINE)
    return int(re.search(r"font-size: (\d+)px", " ".join(rules))[1])


@pytest.mark.parametrize(
    "selector",
    ["section", "h2", "h3", "li > ul, li > ol", ".small", "table", "section.claim > .number", "section.summary ul"],
)
def test_body_text_is_read_from_the_last_row(selector: str) -> None:
    assert size(selector) >= 24


LICENCES = {
    "SIL Open Font License": ("atkinson-hyperlegible", "jetbrains-mono", "noto-emoji"),
    "Permission is hereby granted, free of charge": ("dejavu",),
}


def test_fonts_are_files_of_the_repository_with_their_licences() -> None:
    faces = "".join((THEME / name).read_text(encoding="utf-8") for name in ("fonts.css", "signs.css"))
    fonts = re.findall(r'url\("([^"]+)"\)', faces)
    assert {THEME / font for font in fonts} == set((THEME / "fonts").glob("*.woff2"))
    for words, families in LICENCES.items():
        for family in families:
            assert words in (THEME / "fonts" / f"LICENSE-{family}.txt").read_text(encoding="utf-8")
    known = tuple(family for families in LICENCES.values() for family in families)
    assert all(Path(font).name.startswith(known) for font in fonts)
    assert "url(" not in CSS.replace('url("data:', "")
