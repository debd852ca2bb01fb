"""The prose of a course as its gates are given it: documents, links and references, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coursekit.course.bibliography import Reference
from coursekit.course.layout import Layout
from coursekit.course.manifest import Module
from coursekit.course.prose.documents import Document
from coursekit.course.prose.links import Link, read_links


@dataclass(frozen=True)
class Prose:
    """What the course says, and what its words may refer to."""

    layout: Layout
    documents: Sequence[Document]
    modules: Sequence[Module] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)

    @cached_property
    def links(self) -> list[Link]:
        """Every link of the documents, in order."""
        return read_links(self.layout, self.documents)
