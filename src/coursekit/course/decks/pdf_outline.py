"""The outline of a PDF: the slides by their titles.

Chromium writes «Page 6», and below it the headings without their formulas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def name_outline(writer: PdfWriter, titles: Sequence[str]) -> None:
    """Give the outline's entry of each page that page's title, and nothing below it.

    Args:
        writer: of a PDF with an entry for each page in its outline, in their order.
        titles: of the pages; those after the last of them take the first heading below their entry. Where a page has
            neither, its number stands.

    Raises: ValueError when there are fewer entries than titles.
    """
    entries = list(_entries(writer))
    if len(entries) < len(titles):
        raise ValueError(f"expected an outline of {len(titles)} pages or more, got {len(entries)} entries")
    for number, (entry, title) in enumerate(zip_longest(entries, titles), 1):
        heading = entry["/First"]["/Title"] if title is None and "/First" in entry else title
        entry[NameObject("/Title")] = TextStringObject(heading or str(number))
        for below in ("/First", "/Last", "/Count"):
            entry.pop(below, None)


def _entries(writer: PdfWriter) -> Iterator[DictionaryObject]:
    """The entries of the first level: a list in which each names the next."""
    entry = writer.root_object.get("/Outlines", {}).get("/First")
    while entry is not None:
        yield (entry := entry.get_object())
        entry = entry.get("/Next")
