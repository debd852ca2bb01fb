"""The gates of prose: spelling, terms, numbers, Markdown, citations and links, over all documents of the course."""

from __future__ import annotations

from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.prose.citations import check_citations
from coursekit.course.prose.links import read_links
from coursekit.course.prose.links_external import check_external_links, update_list
from coursekit.course.prose.links_internal import check_internal_links
from coursekit.course.prose.markdown import check_markdown
from coursekit.course.prose.numbers import check_prose_numbers, marked_numbers
from coursekit.course.prose.read import read_documents
from coursekit.course.prose.spelling import check_spelling
from coursekit.course.prose.terms import check_terms, load_terms, marked_terms


def prose_problems(course: Course) -> tuple[list[str], list[str]]:
    """(what is wrong with the prose, what was let stand with a reason), one line each.

    Without Node.js or its packages the other gates still speak, and one line says what to install.

    Raises:
        CourseError: if a deck, a notebook, a manifest or the bibliography cannot be read.
    """
    layout, modules, references = course.layout, course.modules, course.references
    documents = read_documents(layout, modules)
    links = read_links(layout, documents)
    problems = [
        *check_terms(documents, load_terms(layout)),
        *check_prose_numbers(layout, documents, references),
        *check_citations(layout, modules, documents, references),
        *check_internal_links(layout, modules, documents, links),
        *check_external_links(layout, links, references),
    ]
    try:
        problems += [*check_spelling(layout, documents, references), *check_markdown(layout, documents)]
    except CourseError as error:
        problems.append(error)
    marks = [*marked_terms(documents), *marked_numbers(layout, documents)]
    return [str(problem) for problem in problems], [str(mark) for mark in marks]


def update_external_links(course: Course) -> tuple[list[str], list[str]]:
    """Rewrite modules/external-links.toml; return the addresses that were added and those that were dropped."""
    links = read_links(course.layout, read_documents(course.layout, course.modules))
    return update_list(course.layout, links, course.references)
