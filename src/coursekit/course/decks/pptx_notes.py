"""The student PPTX out of the instructor's: the same pictures, without a word of the notes.

Marp photographs every slide for a PPTX, which takes most of a build; the editions differ in their notes only.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from coursekit.course.layout import atomic_write

# The body of a notes page; what remains (the slide's number) is no note.
_BODY = re.compile(r'(<p:ph type="body"[^>]*/>.*?<p:txBody>.*?</p:txBody>)', re.DOTALL)
_TEXT = re.compile(r"(<a:t>)[^<]*(</a:t>)")


def strip_notes(source: Path, target: Path) -> None:
    """Write `source` (PPTX) to `target` with every notes page emptied."""
    with (
        atomic_write(target) as partial,
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            content = old.read(item)
            if item.filename.startswith("ppt/notesSlides/") and item.filename.endswith(".xml"):
                empty = _BODY.sub(lambda body: _TEXT.sub(r"\1\2", body[1]), content.decode("utf-8"))
                content = empty.encode("utf-8")
            new.writestr(item, content)
