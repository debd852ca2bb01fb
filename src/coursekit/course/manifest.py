"""The contract of a module: modules/<slug>/module.toml, discovered, parsed and checked (`schema`)."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import PlainValidator, Strict

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, read_toml
from coursekit.course.schema import STRICT, Band, Flag, Number, Text, Words, brief, matching, tables, validated, whole

_SLUG = re.compile(r"\d\d-[a-z0-9-]+")
_MINUTES, _SECONDS = whole(1, 24 * 60), whole(1, 24 * 60 * 60)
_Id = Annotated[Words, matching(r"[a-z0-9]+(-[a-z0-9]+)*", "lower-case words with hyphens, such as 'paper-copy'")]
_Source = Annotated[Words, matching(r"@[^\s,]+(, .+)?", "'@key, locator'")]
_NAME = r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*"
_Metric = Annotated[Text, matching(rf"({_NAME})?", "a name such as 'copy/accuracy'")]
_Number = Annotated[Words, matching(r"\d\d\.\d+", "a number such as '03.1'")]
_Dotted = Annotated[Words, matching(r"[a-z_]\w*(\.[a-z_]\w*)*", "a file of coursekit.exercises, such as 'ssm.scan'")]
_Measure = Annotated[str | float, PlainValidator(lambda value: _measure(value))]
_Function = Annotated[Words, matching(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", "'package.module:function'")]


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
        control: what the measurement must not be, or the claim says nothing: chance, the arm without what is claimed.
            The name of a metric of the module, or a number. The band of a reproduced claim excludes it.
        control_reason: why there is none, such as for an identity.
        contradicted: the measurement bears out the opposite.
        claimed: of a contradicted claim, what it says that the metric would be: a metric or a number, outside the band.
        by: how a reproduced claim is borne out: "measure", which could have failed; "count", exact arithmetic on
            published sizes; "example", one made by hand of what the source says of trained models.
        incomparable: what was measured here is of another scale or text than what the source says: it neither bears it
            out nor speaks against it. `note` says what differs.
        note: what a reader must know: another scale, another baseline, the reason for a failure.
    """

    __pydantic_config__ = STRICT
    id: _Id
    statement: Words
    source: _Source
    published: Text = ""
    metric: _Metric = ""
    band: Band | None = None
    equals: Number | None = None
    reproduced: Flag = False
    control: _Measure | None = None
    control_reason: Text = ""
    contradicted: Flag = False
    claimed: _Measure | None = None
    by: Literal["measure", "count", "example"] = "measure"
    incomparable: Flag = False
    note: Text = ""

    @property
    def verdict(self) -> str:
        """What the claim says of itself, in the ledger's words."""
        if self.reproduced:
            return {"measure": "reproducido", "count": "contado", "example": "ilustrado"}[self.by]
        if not self.metric:
            return "citado"
        return "contradicho" if self.contradicted else "no comparable" if self.incomparable else "no reproducido"

    def __post_init__(self) -> None:
        bounded = bool(self.metric) and (self.band is not None or self.equals is not None)
        if self.reproduced and not bounded:
            raise ValueError("reproduced = true: give it a metric and a band or equals")
        if self.contradicted and (self.reproduced or not bounded):
            raise ValueError("contradicted needs a metric with a band, and reproduced = false")
        if self.metric and not self.reproduced and not self.note:
            raise ValueError("it is measured but not reproduced: say why in note")
        if self.control is not None and not bounded:
            raise ValueError("control is what the band excludes: give it a metric and a band or equals")
        if self.control is not None and self.control_reason:
            raise ValueError("control_reason says why there is no control: drop one of them")
        if self.by != "measure" and not self.reproduced:
            raise ValueError(f'by = "{self.by}" says how it is borne out: give it reproduced = true')
        if self.incomparable and (self.reproduced or self.contradicted or not self.metric):
            raise ValueError("incomparable needs a metric, and neither reproduced nor contradicted")
        if self.contradicted != (self.claimed is not None):
            raise ValueError("claimed is what a contradicted claim says that the metric would be: give both or neither")


@dataclass(frozen=True)
class ExerciseEntry:
    """An exercise of the module: its number, its file in coursekit.exercises, its title, its minutes."""

    __pydantic_config__ = STRICT
    id: _Number
    name: _Dotted
    title: Words
    minutes: _MINUTES


@dataclass(frozen=True)
class Stand:
    """Recorded entries (or benchmarks) that an author lets stand although their code changed; a release refuses them.

    Attributes:
        date: when the author said so.
        reason: why what changed does not change the numbers.
        codes: for each entry of recorded.json, or benchmark ("package.module:function"), the hash of the code that is
            here: the next change is stale again. `coursekit stand` writes them.
    """

    __pydantic_config__ = STRICT
    date: Annotated[datetime.date, Strict()]
    reason: Words
    codes: dict[Text, Text]


@dataclass(frozen=True)
class Budget:
    """Seconds on a quiet machine: of a whole notebook in profile `quick`, and of one cell."""

    __pydantic_config__ = STRICT
    quick_seconds: _SECONDS = 90
    cell_seconds: _SECONDS = 90


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a module.toml says.

    `drawn` names the images of the module that no notebook records, and says of each what it is.
    """

    __pydantic_config__ = STRICT
    title: Words
    question: Words
    minutes: _MINUTES
    bench: tuple[_Function, ...] = ()
    budget: Budget = Budget()
    bands: dict[_Metric, Band] = field(default_factory=dict)
    claims: tables("claim", Claim) = ()
    exercises: tables("exercise", ExerciseEntry) = ()
    stands: tables("stands", Stand) = ()
    drawn: dict[Text, Words] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Module(Contract):
    """A module as its module.toml describes it, and where it is."""

    slug: str
    folder: Path

    @property
    def quick_seconds(self) -> int:
        return self.budget.quick_seconds

    @property
    def cell_seconds(self) -> int:
        return self.budget.cell_seconds

    def notebooks(self, layout: Layout) -> list[Path]:
        """The module's notebook, and those that continue its name (`03-mamba-a-fondo.ipynb`), in order."""
        further = sorted(layout.notebooks.glob(f"{self.slug}-*.ipynb"))
        candidates = [layout.notebooks / f"{self.slug}.ipynb", *further]
        return [path for path in candidates if path.exists() and layout.module_of(path.stem) == self.slug]

    def deck(self, layout: Layout) -> Path:
        return layout.slides / f"{self.slug}.md"


def load(path: Path) -> Module:
    """Parse and check one module.toml.

    Raises:
        CourseError: if it cannot be read, is not TOML, or breaks the contract.
    """
    slug, name = path.parent.name, f"modules/{path.parent.name}/{path.name}"
    if not _SLUG.fullmatch(slug):
        raise CourseError(f"{name}: expected a folder name such as '03-mamba', got {slug!r}")
    return Module(slug=slug, folder=path.parent, **vars(validated(Contract, read_toml(path), name)))


def discover(layout: Layout, only: str | None = None, read: Callable[[Path], Module] = load) -> list[Module]:
    """All modules in order, or the one that `only` names (its slug, or a prefix of it that is unambiguous).

    Args:
        layout: where the course is.
        only: the one module; all by default.
        read: gives the module of a manifest, as `load` does.

    Raises:
        CourseError: for an unknown module (with those that exist) or a manifest that breaks the contract.
    """
    slugs = layout.slugs()
    if only:
        matching = [only] if only in slugs else [slug for slug in slugs if slug.startswith(only)]
        if len(matching) != 1:
            raise CourseError(f"unknown module {only!r}: expected one of {', '.join(slugs) or '(none yet)'}")
        slugs = matching
    modules = [read(layout.modules / slug / "module.toml") for slug in slugs]
    _no_duplicates(modules)
    return modules


def _measure(value: object) -> str | float:
    """The name of a metric, or a finite number."""
    if isinstance(value, str) and re.fullmatch(_NAME, value):
        return value
    if type(value) in (int, float) and math.isfinite(value):
        return value
    raise ValueError(f"expected the name of a metric or a finite number, got {brief(value)}")


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
