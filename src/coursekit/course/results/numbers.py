"""What the spans of a deck and of a page can refer to: metrics, claims and their bands, and the states of a control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coursekit.course.manifest import Claim, Module
from coursekit.course.results.collect import Metric, Results, States


@dataclass(frozen=True)
class Numbers:
    """Everything that a span can refer to. Names of other modules carry their slug: ``03-mamba:copy/accuracy``."""

    metrics: Mapping[str, Metric]
    claims: Mapping[str, Claim]
    bands: Mapping[str, tuple[float, float]]
    states: Mapping[str, States] = field(default_factory=dict)


def numbers_for(module: Module, results: Mapping[str, Results], modules: list[Module]) -> Numbers:
    """What the deck and the page of `module` can refer to: its own names bare, the others' with their slug.

    Args:
        results: of the modules whose results are sound.
    """
    metrics: dict[str, Metric] = {}
    bands: dict[str, tuple[float, float]] = {}
    states: dict[str, States] = {}
    for other in modules:
        prefix = "" if other.slug == module.slug else f"{other.slug}:"
        metrics |= {prefix + name: metric for name, metric in results.get(other.slug, Results()).metrics.items()}
        bands |= {prefix + name: band for name, band in other.bands.items()}
        states |= {prefix + name: found for name, found in results.get(other.slug, Results()).states.items()}
    return Numbers(metrics, {claim.id: claim for other in modules for claim in other.claims}, bands, states)
