"""Let recorded entries stand although their code changed: [[stands]] in module.toml, with a reason and a date."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, read_text, write_text
from coursekit.course.manifest import Module
from coursekit.course.results.stale import stale_entries

_MARKS = re.compile(r"\n*^\[\[stands\]\].*?(?=^\[(?!stands)|\Z)", re.MULTILINE | re.DOTALL)


def let_stand(layout: Layout, module: Module, reason: str, names: Collection[str] = ()) -> list[str]:
    """Write to module.toml that entries stand, with the hash of the code that is here; return their names.

    Marks that still hold stay; those of the same entries, and those that no longer hold, go.

    Args:
        reason: why what changed does not change the numbers, in Spanish.
        names: entries of recorded.json, or benchmarks; all that are stale by default.

    Raises:
        CourseError: without a reason, for an entry that is not stale, or one that was edited by hand.
    """
    if not reason.strip():
        raise CourseError("expected a reason: why what changed does not change the numbers")
    stale = stale_entries(layout, module, module.notebooks(layout))
    codes = {each.mark: each.code for each in stale if each.code}
    unknown = [name for name in names if name not in codes]
    if unknown:
        raise CourseError(f"{module.slug}: {unknown[0]!r} is not stale: expected one of {', '.join(codes) or '(none)'}")
    chosen = {name: code for name, code in codes.items() if name in (names or codes)}
    kept = [
        (stand.date, stand.reason, left)
        for stand in module.stands
        if (left := {n: c for n, c in stand.codes.items() if n not in chosen and codes.get(n) == c})
    ]
    path = module.folder / "module.toml"
    text = _MARKS.sub("\n", read_text(path)).rstrip()
    marks = [*kept, (date.today(), reason, chosen)] if chosen else kept
    write_text(path, "\n\n".join([text, *(_table(*mark) for mark in marks)]) + "\n")
    return list(chosen)


def _table(day: date, reason: str, codes: dict[str, str]) -> str:
    lines = [f"{_quoted(name)} = {_quoted(code)}" for name, code in codes.items()]
    said = _quoted(reason.strip())
    return "\n".join(["[[stands]]", f"date = {day}", f"reason = {said}", "[stands.codes]", *lines])


def _quoted(text: str) -> str:
    """A text as TOML's basic strings have it, which escape as JSON's do."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
