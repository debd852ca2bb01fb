"""The contract of a module: modules/<slug>/module.toml, discovered, parsed and checked.

Unknown keys are errors: a misspelt `equal = 3` must not silently switch a check off.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, read_text

_SLUG = re.compile(r"\d\d-[a-z0-9-]+")


@dataclass(frozen=True)
class Claim:
    """What a paper (or one of the course's own documents) says, and the metric that reproduces it, if any.

    Attributes:
        id: lower-case words with hyphens, unique in the course.
        statement: one sentence, in Spanish.
        source: ``"@key, tabla 1"``: a key of references.bib and, where there is one, a locator.
        published: the published figure as a slide prints it.
        metric: the name of the recorded metric that measures it here.
        band: ``[low, high]``: where the measured value must lie, in the metric's unit.
        equals: the exact value it must have (to the last digit shown).
        reproduced: whether the measurement here bears the claim out. False needs a `note` that says why.
        contradicted: the measurement bears out the opposite.
        note: what a reader must know: another scale, another baseline, the reason for a failure.
    """

    id: str
    statement: str
    source: str
    published: str = ""
    metric: str = ""
    band: tuple[float, float] | None = None
    equals: float | None = None
    reproduced: bool = False
    contradicted: bool = False
    note: str = ""


@dataclass(frozen=True)
class ExerciseEntry:
    """An exercise of the module: its number, its file in coursekit.exercises, its title, its minutes."""

    id: str
    name: str
    title: str
    minutes: int


@dataclass(frozen=True)
class Stand:
    """Recorded entries (or benchmarks) that an author lets stand although their code changed; a release refuses them.

    Attributes:
        date: when the author said so.
        reason: why what changed does not change the numbers.
        codes: for each entry of recorded.json, or benchmark ("package.module:function"), the hash of the code that is
            here: the next change is stale again. `coursekit stand` writes them.
    """

    date: datetime.date
    reason: str
    codes: dict[str, str]


@dataclass(frozen=True)
class Module:
    """A module as its module.toml describes it.

    `drawn` names the images of the module that no notebook records, and says of each what it is.
    """

    slug: str
    folder: Path
    title: str
    question: str
    minutes: int
    bench: tuple[str, ...] = ()
    quick_seconds: int = 90
    cell_seconds: int = 90
    bands: dict[str, tuple[float, float]] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    exercises: tuple[ExerciseEntry, ...] = ()
    stands: tuple[Stand, ...] = ()
    drawn: dict[str, str] = field(default_factory=dict)

    def notebooks(self, layout: Layout) -> list[Path]:
        """The module's notebook and its *a fondo* one, where they exist."""
        candidates = [layout.notebooks / f"{self.slug}{suffix}.ipynb" for suffix in ("", "-a-fondo")]
        return [path for path in candidates if path.exists()]

    def deck(self, layout: Layout) -> Path:
        return layout.slides / f"{self.slug}.md"


def load(path: Path) -> Module:
    """Parse and check one module.toml."""
    try:
        data = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{_name(path)}: not valid TOML: {error}") from error
    slug = path.parent.name
    if not _SLUG.fullmatch(slug):
        raise CourseError(f"{_name(path)}: expected a folder name such as '03-mamba', got {slug!r}")
    claims = tuple(_claim(path, table) for table in data.pop("claim", []))
    exercises = tuple(_build(path, ExerciseEntry, "[[exercise]]", table) for table in data.pop("exercise", []))
    stands = tuple(_stand(path, table) for table in data.pop("stands", []))
    bands = {name: _band(path, name, band) for name, band in data.pop("bands", {}).items()}
    budget = data.pop("budget", {})
    names = {"bench": _names(path, "bench", data.pop("bench", []))}
    for name, reason in data.get("drawn", {}).items():
        if not isinstance(reason, str) or not reason.strip():
            raise CourseError(f"{_name(path)}: [drawn] {name!r}: say in words what the image is, got {reason!r}")
    overlap = set(budget) - {"quick_seconds", "cell_seconds"}
    if overlap:
        raise CourseError(f"{_name(path)}: unknown key {sorted(overlap)[0]!r} in [budget]")
    return _build(
        path,
        Module,
        "the top level",
        {**data, **budget, **names, "bands": bands, "claims": claims, "exercises": exercises, "stands": stands},
        slug=slug,
        folder=path.parent,
    )


def discover(layout: Layout, only: str | None = None, read: Callable[[Path], Module] = load) -> list[Module]:
    """All modules in order, or the one that `only` names (its slug, or a prefix of it that is unambiguous).

    Args:
        layout: where the course is.
        only: the one module; all by default.
        read: gives the module of a manifest, as `load` does.

    Raises:
        CourseError: for an unknown module (with those that exist) or a manifest that breaks the contract.
    """
    slugs = sorted(path.parent.name for path in layout.modules.glob("*/module.toml"))
    if only:
        matching = [only] if only in slugs else [slug for slug in slugs if slug.startswith(only)]
        if len(matching) != 1:
            raise CourseError(f"unknown module {only!r}: expected one of {', '.join(slugs) or '(none yet)'}")
        slugs = matching
    modules = [read(layout.modules / slug / "module.toml") for slug in slugs]
    _no_duplicates(modules)
    return modules


def _claim(path: Path, table: dict[str, Any]) -> Claim:
    table = dict(table)
    where = f"claim {table.get('id', '(without id)')!r}"
    if "band" in table:
        table["band"] = _band(path, where, table["band"])
    claim = _build(path, Claim, where, table)
    bounded = claim.band is not None or claim.equals is not None
    if claim.reproduced and not (claim.metric and bounded):
        raise CourseError(f"{_name(path)}: {where} says reproduced = true: give it a metric and a band or equals")
    if claim.contradicted and (claim.reproduced or not (claim.metric and bounded)):
        raise CourseError(f"{_name(path)}: {where}: contradicted needs a metric with a band, and reproduced = false")
    if claim.metric and not claim.reproduced and not claim.note:
        raise CourseError(f"{_name(path)}: {where} is measured but not reproduced: say why in note")
    if not claim.source.startswith("@"):
        raise CourseError(f'{_name(path)}: {where}: expected source = "@key, locator", got {claim.source!r}')
    return claim


def _stand(path: Path, table: dict[str, Any]) -> Stand:
    stand = _build(path, Stand, "[[stands]]", table)
    codes = stand.codes.values() if isinstance(stand.codes, dict) else [None]
    if type(stand.date) is not datetime.date or not stand.reason.strip() or not all(type(c) is str for c in codes):
        example = 'date = 2026-01-31, a reason, and codes = { "entry" = "hash" }'
        raise CourseError(f"{_name(path)}: [[stands]]: expected {example}; `coursekit stand` writes it")
    return stand


def _band(path: Path, where: str, band: Any) -> tuple[float, float]:
    numbers = isinstance(band, list) and len(band) == 2 and all(isinstance(b, int | float) for b in band)
    if not numbers or band[0] > band[1]:
        raise CourseError(f"{_name(path)}: {where}: expected band = [low, high], got {band!r}")
    return float(band[0]), float(band[1])


def _names(path: Path, key: str, names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) and ":" in name for name in names):
        raise CourseError(f'{_name(path)}: expected {key} = ["package.module:function", ...], got {names!r}')
    return tuple(names)


def _build(path: Path, kind: type, where: str, table: dict[str, Any], **fixed: Any) -> Any:
    """Make a dataclass from a TOML table, naming what is missing, unknown or of the wrong type."""
    fields = {f.name: f for f in dataclasses.fields(kind) if f.name not in fixed}
    for key in table:
        if key not in fields:
            raise CourseError(f"{_name(path)}: unknown key {key!r} in {where}: expected {', '.join(fields)}")
    simple = {"str": str, "int": int, "bool": bool}
    for name, spec in fields.items():
        if name not in table:
            if spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING:
                raise CourseError(f"{_name(path)}: {where} has no {name!r}: add it")
            continue
        expected = simple.get(str(spec.type))
        if expected and type(table[name]) is not expected:
            raise CourseError(f"{_name(path)}: {where}: expected {name} to be {spec.type}, got {table[name]!r}")
    return kind(**table, **fixed)


def _no_duplicates(modules: list[Module]) -> None:
    seen: dict[str, str] = {}
    for module in modules:
        for key in (
            *(f"claim {c.id}" for c in module.claims),
            *(f"exercise {e.id}" for e in module.exercises),
        ):
            if key in seen:
                raise CourseError(f"{key} stands in {seen[key]} and in {module.slug}: give one of them another id")
            seen[key] = module.slug


def _name(path: Path) -> str:
    return f"modules/{path.parent.name}/{path.name}"
