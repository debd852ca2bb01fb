"""A PDF of a deck, as a reader shows it: icons of notes on the page, the outline beside the pages."""

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text

from coursekit.course.decks.pdf_finish import finish_pdf


@pytest.fixture
def deck(tmp_path):
    """Three pages with the outline that Chromium writes: the number of the page, and its headings below."""
    writer = PdfWriter()
    for number in (1, 2, 3):
        writer.add_blank_page(960, 540)
        page = writer.add_outline_item(title=f"Page {number}", page_number=number - 1)
        writer.add_outline_item(title="No es : menos de dos", page_number=number - 1, parent=page)
    writer.add_annotation(page_number=1, annotation=Text(text="Haz el ejemplo.", rect=(0, 0, 20, 0)))
    path = tmp_path / "deck.pdf"
    writer.write(path)
    return path


def test_each_page_stands_in_the_outline_by_its_title_and_nothing_below_it(deck):
    finish_pdf(deck, ["Mamba", r"No es n \log n: menos de dos", ""])
    reader = PdfReader(deck)
    assert [entry.title for entry in reader.outline] == ["Mamba", r"No es n \log n: menos de dos", "3"]
    assert [reader.get_destination_page_number(entry) for entry in reader.outline] == [0, 1, 2]


def test_the_icon_of_a_note_goes_to_the_top_left_corner(deck):
    finish_pdf(deck, ["a", "b", "c"])
    (note,) = PdfReader(deck).pages[1]["/Annots"]
    # 12 points from the left and from the top of 540, and 20 points wide and high: from 508 to 528
    assert list(note.get_object()["/Rect"]) == [12, 508, 32, 528]


def test_pages_after_the_last_title_keep_their_heading(deck):
    finish_pdf(deck, ["Mamba"])
    titles = [entry.title for entry in PdfReader(deck).outline]
    assert titles == ["Mamba", "No es : menos de dos", "No es : menos de dos"]


def test_more_titles_than_pages_are_refused_and_the_file_stays(deck):
    before = deck.read_bytes()
    with pytest.raises(ValueError, match="expected an outline of 4 pages or more, got 3 entries"):
        finish_pdf(deck, ["a", "b", "c", "d"])
    assert deck.read_bytes() == before


def test_a_pdf_without_an_outline_is_refused(tmp_path):
    writer = PdfWriter()
    writer.add_blank_page(960, 540)
    path = tmp_path / "bare.pdf"
    writer.write(path)
    with pytest.raises(ValueError, match="expected an outline of 1 pages or more, got 0 entries"):
        finish_pdf(path, ["Mamba"])
