"""The ledger: each claim, its source, what was published, what was measured here, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass

from coursekit.course.manifest import Claim, Module
from coursekit.course.results.collect import Metric, Results
from coursekit.notebook.formatting import format_number, plain


@dataclass(frozen=True)
class Judgement:
    """A judged claim.

    `verdict` is what the ledger prints: *reproducido*, *no reproducido*, *contradicho*, *observado* (timed),
    *citado* (nothing measured here), or *sin medir* (its notebook has not been executed). `problem` is empty unless
    the claim says something that the measurement does not bear out; then the tests fail.
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
    return [_judge(module.slug, claim, results) for claim in module.claims]


def _judge(slug: str, claim: Claim, results: Results) -> Judgement:
    if not claim.metric:
        return Judgement(slug, claim, None, "citado")
    metric = results.metrics.get(claim.metric)
    if metric is None:
        problem = f"{slug}: claim {claim.id!r} rests on metric {claim.metric!r}, which no executed notebook records"
        return Judgement(slug, claim, None, "sin medir", problem)
    if metric.kind == "timed":
        return Judgement(slug, claim, metric, "observado")
    verdict = "reproducido" if claim.reproduced else "contradicho" if claim.contradicted else "no reproducido"
    outside = _outside(claim, metric)
    if outside:
        problem = f"{slug}: claim {claim.id!r} says {verdict}, but {outside}: mend the kernel or the claim"
        return Judgement(slug, claim, metric, "no reproducido", problem)
    return Judgement(slug, claim, metric, verdict)


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
