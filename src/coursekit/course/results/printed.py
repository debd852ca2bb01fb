"""What the measured span of a deck or page prints, and reading it back."""

from __future__ import annotations

import re

from coursekit.course.results.numbers import Numbers
from coursekit.course.text.spans import Span
from coursekit.notebook.formatting import plain

_POWER = re.compile(r"(-?\d+(?:,\d+)?)·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_NUMBER = re.compile(r"-?\d{1,3}(?: \d{3})+(?:,\d+)?|-?\d+(?:,\d+)?")
_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def printed(name: str, kind: str, numbers: Numbers) -> str:
    """The literal that a span should show. ``NAME@recorded`` is when and where a longer run measured NAME.

    Raises:
        KeyError: for an unknown name; the message says what to do.
    """
    if kind == "claim":
        if name not in numbers.claims:
            raise KeyError(f"unknown claim {name!r}: add it to module.toml or mend the id")
        return numbers.claims[name].published
    name, _, aspect = name.partition("@")
    if name not in numbers.metrics:
        slug = f" {name.partition(':')[0]}" if ":" in name else ""
        remedy = f"run the notebook that records it (coursekit run{slug}) or mend the name"
        raise KeyError(f"unknown metric {name!r}: {remedy}")
    metric = numbers.metrics[name]
    if aspect not in ("", "recorded") or (aspect and not metric.recorded):
        raise KeyError(f"{name}@{aspect}: only a metric of a longer run has a mark, and it is called @recorded")
    return metric.mark if aspect else metric.literal


def literal_for(span: Span, numbers: Numbers) -> str:
    """What a measured span should hold: words that a claim supports stay as they are.

    Raises:
        KeyError: for a broken span, an unknown name, or a number of a claim that published none; says what to do.
    """
    if span.problem:
        raise KeyError(span.problem)
    fresh = printed(span.name, span.kind, numbers)
    if span.is_words:
        return span.literal
    if not fresh:
        remedy = 'write words that it supports, or published = "…" in module.toml'
        raise KeyError(f"claim {span.name!r} published no figure: {remedy}")
    return fresh


def same(one: str, other: str) -> bool:
    """Do two literals say the same, to the last character? Kinds of space and of minus do not count."""
    return plain(one) == plain(other)


def parse_number(literal: str) -> float | None:
    """The number that a Spanish literal begins with: ``"−1 234,5 %"`` → -1234.5; None if there is none."""
    text = plain(literal)
    power = _POWER.match(text)
    if power:
        return float(f"{power[1].replace(',', '.')}e{power[2].translate(_DIGITS)}")
    match = _NUMBER.match(text)
    return float(match[0].replace(" ", "").replace(",", ".")) if match else None


def unit_of(literal: str) -> str:
    """What stands after the number of a literal: ``"99,8 %"`` → ``"%"``."""
    text = plain(literal)
    match = _POWER.match(text) or _NUMBER.match(text)
    return text[match.end() :].strip() if match else text


def band_problem(value: float | None, band: tuple[float, float] | None, name: str, shown: str) -> str:
    """Why a trained number is not where module.toml says; empty if it is."""
    if band is None:
        return f"a trained metric needs a band: add {name!r} to [bands] in module.toml"
    if value is None or not band[0] <= value <= band[1]:
        return f"{shown}, outside the band [{band[0]}, {band[1]}] of module.toml"
    return ""
