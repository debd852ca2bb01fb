"""The gate of a deck's files: sound ones pass; every fault planted in them is named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from plaindeck import plain_deck
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

from coursekit.course.decks.built import BuiltDeck
from coursekit.course.decks.gates import files

NOTE = "Deja medio minuto de silencio tras la pregunta"
SHOWN = "La respuesta es que guarda todo"


def page(*titles: str, note: str = "", student: bool = False) -> str:
    sections = "".join(
        f'<svg><foreignObject><section data-slide="{i}" data-route="1"><h1>{title}</h1><p>{SHOWN}.</p></section>'
        "</foreignObject></svg>"
        for i, title in enumerate(titles, 1)
    )
    notes = "" if student else f'<div class="bespoke-marp-note" data-index="1"><p>{NOTE}. Sí. {SHOWN}.</p></div>'
    return f"<html><body>{sections}{notes}{note}</body></html>"


def write_pdf(path: Path, pages: int = 2, lang: str = "es", tagged: bool = True, outline: bool = True, note: str = ""):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if outline:
        writer.add_outline_item(title="Uno", page_number=0)
    if note:
        writer.add_annotation(0, Text(rect=(0, 0, 9, 9), text=note))
    root = writer.root_object
    root[NameObject("/Lang")] = TextStringObject(lang)
    if tagged:
        root[NameObject("/StructTreeRoot")] = DictionaryObject()
        root[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
    writer.write(path)


def write_pptx(path: Path, slides: int = 2, note: str = "") -> None:
    with zipfile.ZipFile(path, "w") as pptx:
        for i in range(slides):
            pptx.writestr(f"ppt/slides/slide{i + 1}.xml", "<a/>")
        pptx.writestr("ppt/notesSlides/notesSlide2.xml", f"<a:t>{note}</a:t>")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """build/ with every file of a sound deck of two slides, both in the route."""
    for edition in ("instructor", "student"):
        folder = tmp_path / "decks" / edition
        folder.mkdir(parents=True)
        for suffix in ("", "-15min"):
            text = page("Uno", "Dos", student=edition == "student")
            (folder / f"90-demo{suffix}.html").write_text(text, encoding="utf-8")
            write_pdf(folder / f"90-demo{suffix}.pdf", note=NOTE if edition == "instructor" else "")
        write_pptx(folder / "90-demo.pptx", note=NOTE if edition == "instructor" else "2")
    (tmp_path / "check" / "decks").mkdir(parents=True)
    (tmp_path / "check" / "decks" / "90-demo.html").write_text(page("Uno", "Dos", student=True), encoding="utf-8")
    return tmp_path


def findings(built: Path) -> list[str]:
    return [str(finding) for finding in files.check(BuiltDeck("90-demo", built / "decks"))]


def test_sound_files_pass(built: Path) -> None:
    assert NOTE in str(PdfReader(built / "decks/instructor/90-demo.pdf").pages[0]["/Annots"][0].get_object())
    assert findings(built) == []


@pytest.mark.parametrize(
    ("name", "changes", "problem"),
    [
        ("90-demo", {"pages": 3}, "has 3 pages for 2 slides"),
        ("90-demo-15min", {"pages": 1}, "has 1 pages for 2 slides"),
        ("90-demo", {"lang": "en"}, "says it is in en, not in es"),
        ("90-demo", {"tagged": False}, "is not tagged"),
        ("90-demo", {"outline": False}, "has no outline"),
    ],
)
def test_a_faulty_pdf_is_named(built: Path, name: str, changes: dict[str, object], problem: str) -> None:
    write_pdf(built / "decks" / "student" / f"{name}.pdf", **changes)
    (found,) = findings(built)
    assert found.startswith(f"90-demo, deck: student/{name}.pdf: {problem}")


def test_a_pptx_with_a_slide_too_few_is_named(built: Path) -> None:
    write_pptx(built / "decks" / "instructor" / "90-demo.pptx", slides=1)
    assert findings(built)[0].startswith("90-demo, deck: instructor/90-demo.pptx: has 1 pages for 2 slides")


def test_a_missing_file_is_named(built: Path) -> None:
    for name in ("student/90-demo.html", "instructor/90-demo-15min.pdf"):
        (built / "decks" / name).unlink()
    assert findings(built) == [
        "90-demo, deck: instructor/90-demo-15min.pdf: is missing; build it again: `coursekit slides`",
        "90-demo, deck: student/90-demo.html: is missing; build it again: `coursekit slides`",
    ]


@pytest.mark.parametrize("form", ["html", "comment", "pdf", "route", "pptx", "txt"])
def test_a_note_in_any_file_of_the_student_edition_is_named(built: Path, form: str) -> None:
    student = built / "decks" / "student"
    leak = f"{NOTE.lower()[:20]}\n{NOTE.lower()[20:]}"
    name = {"route": "90-demo-15min.pdf", "comment": "90-demo.html", "txt": "90-demo.notas.txt"}
    path = student / name.get(form, f"90-demo.{form}")
    if form in ("html", "comment"):
        held = leak if form == "html" else f"<!-- {leak} -->"
        path.write_text(page("Uno", "Dos", student=True, note=held), encoding="utf-8")
    elif form == "txt":
        path.write_text(leak, encoding="utf-8")
    elif form == "pptx":
        write_pptx(path, note=leak)
    else:
        write_pdf(path, note=leak)
    (found,) = findings(built)
    assert found.startswith(f"90-demo, slide 2 «Dos»: student/{path.name}: holds the note «{NOTE}»; build it again")


def test_nothing_is_asked_of_a_deck_that_is_not_complete(built: Path) -> None:
    (built / "decks" / "student" / "90-demo.pdf").unlink()
    assert list(files.check(BuiltDeck("90-demo", built / "decks", complete=False))) == []


def test_the_notes_of_another_deck_are_no_business_of_this_one(built: Path) -> None:
    (built / "decks" / "student" / "90-demo-b.html").write_text(NOTE, encoding="utf-8")
    assert findings(built) == []


def test_a_strip_has_a_page_a_frame_and_a_slide_of_the_route_none_in_the_deck(tmp_path: Path) -> None:
    deck = plain_deck(
        tmp_path,
        '<section data-slide="1" data-frames="3"><h1>a</h1></section>',
        '<section data-slide="2"><h1>b</h1></section>',
        '<section data-slide="3" data-only="route"><h1>c</h1></section>',
    )
    deck = BuiltDeck(deck.name, deck.outputs)
    deck.file("student", ".pdf").parent.mkdir(parents=True)
    write_pdf(deck.file("student", ".pdf"))
    (found,) = [str(finding) for finding in files.check(deck) if "student/07-prueba.pdf" in str(finding)]
    assert "pages for 4 slides" in found  # 3 and 1
