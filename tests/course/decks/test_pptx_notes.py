"""The student PPTX: the instructor's, whose notes pages are empty."""

from __future__ import annotations

import zipfile
from pathlib import Path

from coursekit.course.decks.pptx_notes import strip_notes

BODY = '<p:sp><p:ph type="body" idx="1"/><p:txBody><a:t>{}</a:t><a:t>{}</a:t></p:txBody></p:sp>'
NUMBER = '<p:sp><p:ph type="sldNum"/><p:txBody><a:t>2</a:t></p:txBody></p:sp>'
SLIDE = BODY.format("Un cuerpo que no es", "nota")
OTHER = {"ppt/slides/slide1.xml": SLIDE, "ppt/media/1.png": "png", "[Content_Types].xml": "<Types/>"}


def test_every_part_stays_and_the_notes_are_empty(tmp_path: Path) -> None:
    notes = "ppt/notesSlides/notesSlide1.xml"
    with zipfile.ZipFile(tmp_path / "instructor.pptx", "w") as pptx:
        for name, content in {**OTHER, notes: BODY.format("Di esto", "y esto") + NUMBER}.items():
            pptx.writestr(name, content)
    strip_notes(tmp_path / "instructor.pptx", tmp_path / "student.pptx")
    with zipfile.ZipFile(tmp_path / "student.pptx") as pptx:
        parts = {name: pptx.read(name).decode("utf-8") for name in pptx.namelist()}
    assert parts == {**OTHER, notes: BODY.format("", "") + NUMBER}
