"""The presenter notes of a PDF, where a reader can see and open them.

Marp writes each note as an annotation of no height in the bottom left corner, so viewers clip its icon. The icon goes
to the top left corner, in the margin that every slide of the theme leaves free.
"""

from __future__ import annotations

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject

_ICON, _MARGIN = 20, 12  # points; a slide is 960 × 540 of them


def place_notes(writer: PdfWriter) -> None:
    """Move the icons of the notes of a PDF; where there are none, nothing changes."""
    for page in writer.pages:
        left, top = page.mediabox.left + _MARGIN, page.mediabox.top - _MARGIN
        box = (left, top - _ICON, left + _ICON, top)
        for annotation in page.get("/Annots", ()):
            note = annotation.get_object()
            if note.get("/Subtype") == "/Text":
                note[NameObject("/Rect")] = ArrayObject(map(FloatObject, box))
