from coursekit.course.decks.built import BuiltPage
from coursekit.course.decks.notes import notes_text


def test_notes_as_text_part_no_words_and_keep_their_lines(mini):
    section = (
        '<svg><foreignObject><section data-minutes="1.5"><h1>Es <b>e</b>xacta: sí</h1></section></foreignObject></svg>'
    )
    note = '<div class="bespoke-marp-note" data-index="0"><p>Antes (<em>post-norm</em>).</p><p>Y<br>fin.</p></div>'
    page = mini.root / "09-mini.html"
    page.write_text(section + note, encoding="utf-8")
    head = "1. Es exacta: sí (1,5 min)"
    assert notes_text(BuiltPage(page)) == f"{head}\n{'-' * len(head)}\nAntes (post-norm).\nY\nfin.\n"


def test_a_note_keeps_its_lists_and_paragraphs(mini):
    note = '<div class="bespoke-marp-note" data-index="0"><p>Si a &lt; b,\n  ojo.\n\n- uno\n  - dos\n\nFin.</p></div>'
    page = mini.root / "09-mini.html"
    page.write_text(f"<svg><foreignObject><section><h1>A</h1></section></foreignObject></svg>{note}", encoding="utf-8")
    assert notes_text(BuiltPage(page)) == "1. A\n----\nSi a < b,\n  ojo.\n\n- uno\n  - dos\n\nFin.\n"


def test_a_formula_in_a_heading_is_its_tex_in_the_notes(mini):
    drawing = '<svg aria-label="n \\log n &lt; \\text{día}"><g><path d="M51 0"></path><text>í</text></g></svg>'
    heading = f"<h1>No es <mjx-container>{drawing}</mjx-container>: menos</h1>"
    page = mini.root / "09-mini.html"
    page.write_text(f"<svg><foreignObject><section>{heading}</section></foreignObject></svg>", encoding="utf-8")
    assert notes_text(BuiltPage(page)).splitlines()[0] == r"1. No es n \log n < \text{día}: menos"


def test_a_slide_without_a_note_says_so_and_an_empty_note_says_nothing(mini):
    slides = "".join(f"<svg><foreignObject><section><h1>{title}</h1></section></foreignObject></svg>" for title in "ab")
    page = mini.root / "09-mini.html"
    page.write_text(slides + '<div class="bespoke-marp-note" data-index="1"></div>', encoding="utf-8")
    assert notes_text(BuiltPage(page)) == "1. a\n----\n(sin notas)\n\n2. b\n----\n"
