"""The ledger: each claim, its source, what was published, what was measured here, and the verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coursekit.course.manifest import Claim, Module
from coursekit.course.results.bands import band_problem
from coursekit.course.results.collect import Metric, Results
from coursekit.course.results.passed_over import Locked
from coursekit.notebook.formatting import format_number, plain

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Judgement:
    """A judged claim.

    `verdict` is what the ledger prints: *reproducido*, *contado* (arithmetic), *ilustrado* (an example made by hand),
    *no reproducido*, *contradicho*, *no comparable* (another scale), *observado* (timed), *citado* (nothing measured
    here), or *sin medir* (its notebook has not been executed). `problem` is empty unless the claim says something that
    the measurement does not bear out; then the tests fail.
    """

    module: str
    claim: Claim
    metric: Metric | None
    verdict: str
    problem: str = ""

    @property
    def measured(self) -> str:
        return self.metric.literal if self.metric else ""


def judge_claims(module: Module, results: Results) -> list[Judgement]:
    """Judge all claims of a module against what its notebooks measured."""
    return [_judge(module, claim, results) for claim in module.claims]


def _judge(module: Module, claim: Claim, results: Results) -> Judgement:
    metric = _measured(claim.metric, results) if claim.metric else None
    verdict = _verdict(claim, metric)
    problem = next(_problems(module, claim, metric, verdict, results), "")
    if metric and metric.kind != "timed" and (claim.reproduced or claim.contradicted) and _outside(claim, metric):
        verdict = "no reproducido"
    return Judgement(
        module.slug, claim, metric, verdict, f"{module.slug}: claim {claim.id!r} {problem}" * bool(problem)
    )


def _measured(name: str, results: Results) -> Metric | None:
    """The metric, if it was measured: what stands in for one judges nothing."""
    metric = results.metrics.get(name)
    return None if isinstance(metric, Locked) else metric


def _verdict(claim: Claim, metric: Metric | None) -> str:
    """What the claim says of itself, where what was measured lets it."""
    if claim.metric and metric is None:
        return "sin medir"
    return "observado" if metric and metric.kind == "timed" else claim.verdict


def _problems(module: Module, claim: Claim, metric: Metric | None, verdict: str, results: Results) -> Iterator[str]:
    """What the measurement does not bear out, the gravest first."""
    if wrong := _misquoted(claim):
        yield f"publishes {claim.published!r}, and its statement says {wrong}: mend one of them"
    if not claim.metric:
        return
    if metric is None and results.passed_over:
        return
    if metric is None:
        yield f"rests on metric {claim.metric!r}, which no executed notebook records"
        return
    if metric.kind == "timed" and (claim.reproduced or claim.contradicted):
        said = "reproduced" if claim.reproduced else "contradicted"
        yield f"says {said} = true over {metric.name}, which is timed and proves nothing: take it out"
    outside = _outside(claim, metric)
    if outside and (claim.reproduced or claim.contradicted):
        yield f"says {verdict}, but {outside}: mend the kernel or the claim"
    if _is_bounded(claim) and not outside and verdict == "no reproducido":
        yield f"says no reproducido, but {metric.name} = {metric.value!r} holds: say reproduced = true, or drop it"
    if claim.band and (claim.reproduced or claim.contradicted):
        yield from _of_its_band(module, claim, claim.band, metric)
    yield from _of_its_control(claim, metric, results)


def _of_its_band(module: Module, claim: Claim, band: tuple[float, float], metric: Metric) -> Iterator[str]:
    if problem := band_problem(band, metric):
        yield f"rests on {metric.name}: {problem}: narrow it"
    declared = module.bands.get(metric.name)
    if declared and not declared[0] <= band[0] <= band[1] <= declared[1]:
        yield f"has the band {_shown(band)}, wider than {_shown(declared)}, which [bands] gives {metric.name}"
    if claim.reproduced and claim.control is None and not claim.control_reason.strip():
        yield "says which band reproduces it, and not what the band excludes: give control, or control_reason"


def _of_its_control(claim: Claim, metric: Metric, results: Results) -> Iterator[str]:
    """The control, and what a contradicted claim says, lie outside its bound."""
    for key, given in (("control", claim.control), ("claimed", claim.claimed)):
        if given is None:
            continue
        other = (
            _measured(given, results) if isinstance(given, str) else Metric(f"{given:g}", given, digits=metric.digits)
        )
        if other is None and results.passed_over:
            continue
        if other is None:
            yield f"has {key} = {given!r}, which no executed notebook records: mend the name"
        elif not _outside(claim, other):
            bound = _shown(claim.band) if claim.band else repr(claim.equals)
            value = f" = {other.value!r}" if isinstance(given, str) else ""
            yield f"has the bound {bound}, which holds its {key} {other.name}{value} too: narrow it, or it says nothing"


def _is_bounded(claim: Claim) -> bool:
    return claim.band is not None or claim.equals is not None


def _shown(band: tuple[float, float]) -> str:
    return f"[{band[0]:g}, {band[1]:g}]"


def _misquoted(claim: Claim) -> str:
    """The numbers of the statement, if what is published is not among them, rounded as it is; words are no numbers."""
    said, published = _NUMBER.findall(claim.statement), _NUMBER.findall(claim.published)
    if not said or all(any(_agree(number, other) for other in said) for number in published):
        return ""
    return ", ".join(said)


def _agree(published: str, said: str) -> bool:
    """Whether two numbers are one, as far as the shorter of them tells."""
    decimals = min(len(re.split("[.,]", number)[1]) if re.search("[.,]", number) else 0 for number in (published, said))
    shown = [round(float(number.replace(",", ".")), decimals) for number in (published, said)]
    return shown[0] == shown[1]


def _outside(claim: Claim, metric: Metric) -> str:
    """How the metric misses the claim's bound; empty if it does not, or if the claim has none."""
    if claim.equals is not None and not metric_equals(metric, claim.equals):
        return f"{metric.name} = {metric.value!r} is not {claim.equals!r}"
    if claim.band and not claim.band[0] <= metric.value <= claim.band[1]:
        return f"{metric.name} = {metric.value!r} is outside [{claim.band[0]}, {claim.band[1]}]"
    return ""


def metric_equals(metric: Metric, expected: float) -> bool:
    """Whether two numbers agree to the last digit shown."""
    shown = [plain(format_number(value, metric.digits)) for value in (metric.value, expected)]
    return shown[0] == shown[1]
