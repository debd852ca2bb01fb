"""The course as it lies on disk: modules, results, numbers, bibliography, prose; each read once, when first asked for.

A `Course` is one reading. What is executed or edited afterwards is seen by the next one: `course.reread()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from coursekit.course import manifest
from coursekit.course.bibliography import Reference, load_bibliography
from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.manifest import Module, discover
from coursekit.course.prose.prose import Prose
from coursekit.course.prose.read import read_documents
from coursekit.course.results.collect import Figure, Results, collect
from coursekit.course.results.drawings import drawings_of
from coursekit.course.results.figures import figures_by_path
from coursekit.course.results.numbers import Numbers, numbers_for
from coursekit.course.results.passed_over import with_the_locked


@dataclass(frozen=True)
class Course:
    """A course, and the module that a command works on (`only`: a slug, or a prefix of it); all without one."""

    layout: Layout
    only: str | None = None

    @classmethod
    def find(cls, only: str | None = None) -> Course:
        """The course that the user stands in."""
        return cls(Layout.find(), only)

    def reread(self) -> Course:
        """The course as it is now: after notebooks have run, other results."""
        return Course(self.layout, self.only)

    @cached_property
    def chosen(self) -> list[Module]:
        """What the command works on. The manifests of other modules are not read, so none of them can stop it."""
        return discover(self.layout, self.only, self._load) if self.only else self.modules

    @cached_property
    def modules(self) -> list[Module]:
        """All of them, in order: a deck may show any module's numbers."""
        return discover(self.layout, read=self._load)

    def results(self, module: Module) -> Results:
        """Metrics and figures that the notebooks of `module` recorded.

        Raises:
            CourseError: if what was recorded is corrupt.
        """
        found = self._collect(module)
        if isinstance(found, CourseError):
            raise found
        return found

    @cached_property
    def numbers(self) -> Mapping[str, Numbers]:
        """What the deck and the page of each chosen module can refer to, by slug.

        A module whose results are corrupt says so when its own are asked for; the others go on without it.
        """
        return _Numbers(self)

    @cached_property
    def figures(self) -> dict[str, tuple[Module, Figure]]:
        """What the notebooks and the files of drawings of all modules drew, as far as sound, by its path from the
        course's root.
        """
        notebooks = figures_by_path(self.layout, self.modules, self._sound)
        drawn = [self._draw(module) for module in self.modules]
        return notebooks | {path: made for each in drawn if isinstance(each, dict) for path, made in each.items()}

    def drawn(self, module: Module) -> dict[str, tuple[Module, Figure]]:
        """What slides/drawings/<slug>.py draws, by its path from the course's root.

        Raises:
            CourseError: if it does not draw.
        """
        found = self._draw(module)
        if isinstance(found, CourseError):
            raise found
        return found

    @cached_property
    def references(self) -> dict[str, Reference]:
        """The bibliography, by key."""
        return load_bibliography(self.layout.bibliography)

    @cached_property
    def prose(self) -> Prose:
        """Everything that the course says.

        Raises:
            CourseError: if a deck, a notebook, a manifest, an exercise or the bibliography cannot be read.
        """
        documents = read_documents(self.layout, self.modules)
        return Prose(self.layout, documents, self.modules, self.references)

    @cached_property
    def _load(self) -> Callable[[Path], Module]:
        return cache(manifest.load)

    def _collect(self, module: Module) -> Results | CourseError:
        if module.slug not in self._results:
            try:
                found = collect(self.layout, module)
                self._results[module.slug] = with_the_locked(self.layout, module, found)
            except CourseError as error:
                self._results[module.slug] = error
        return self._results[module.slug]

    def _draw(self, module: Module) -> dict[str, tuple[Module, Figure]] | CourseError:
        if module.slug not in self._drawings:
            try:
                numbers = numbers_for(module, self._sound, self.modules)
                drawn = drawings_of(self.layout, module.slug, numbers)
                self._drawings[module.slug] = {path: (module, figure) for path, figure in drawn.items()}
            except CourseError as error:
                self._drawings[module.slug] = error
        return self._drawings[module.slug]

    @cached_property
    def _drawings(self) -> dict[str, dict[str, tuple[Module, Figure]] | CourseError]:
        return {}

    @property
    def _sound(self) -> dict[str, Results]:
        results = {module.slug: self._collect(module) for module in self.modules}
        return {slug: found for slug, found in results.items() if not isinstance(found, CourseError)}

    @cached_property
    def _results(self) -> dict[str, Results | CourseError]:
        return {}


class _Numbers(dict[str, Numbers]):
    """The numbers of a module by its slug, made when they are first asked for."""

    def __init__(self, course: Course):
        super().__init__()
        self._course = course

    def __missing__(self, slug: str) -> Numbers:
        module = next(module for module in self._course.chosen if module.slug == slug)
        self._course.results(module)
        self[slug] = numbers_for(module, self._course._sound, self._course.modules)
        return self[slug]
