"""markdownlint: planted faults in one run, each found in its slide, cell or line."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from prosecourse import SLUG, plant, prose_of, sound, write_cells

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.prose import markdown
from coursekit.course.prose.documents import Document, Passage
from coursekit.course.prose.prose import Prose


@pytest.mark.slow
def test_each_fault_is_found_in_its_place(tmp_path):
    course = sound(tmp_path / "course")
    plant(course, f"slides/{SLUG}.md", "# Referencias", "#Referencias")
    plant(course, f"slides/{SLUG}.md", "# ¿Cuánto", "![](x.svg)\n\n# ¿Cuánto")
    write_cells(course, ["# A\n\nTexto.", "Antes\n- uno", "## B"])
    plant(course, f"modules/{SLUG}/README.md", "Véase", "Una [ruta]()\n\nVéase")
    found = list(markdown.check(prose_of(course)))
    assert [(f.document, f.unit, f.number, f.element, f.problem[:5]) for f in found] == [
        (SLUG, "slide", 1, "«![](x.svg)»", "MD045"),
        (SLUG, "slide", 3, "«#Referencias»", "MD018"),
        (f"notebooks/{SLUG}.ipynb", "cell", 2, "«- uno»", "MD032"),
        (f"modules/{SLUG}/README.md", "line", 7, "«Una [ruta]()»", "MD042"),
    ]
    assert str(found[0]).startswith(f"{SLUG}, slide 1 «¿Cuánto es dos más dos?»: «![](x.svg)»: MD045: ")
    assert found[0].remedy == "mend the Markdown, or the rules in .markdownlint-cli2.jsonc"


@pytest.mark.slow
def test_what_slides_need_is_allowed(tmp_path):
    course = sound(tmp_path / "course")
    more = (
        "\n\n<div class='box'>\n\n**Una frase sola**\n\n</div>\n\n* uno\n* dos\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        + "largo " * 60
    )
    plant(course, f"slides/{SLUG}.md", "# Referencias", "# Dos más dos" + more.rstrip())
    assert list(markdown.check(prose_of(course))) == []


@pytest.mark.parametrize(
    ("line", "slide", "shown"),
    [
        (1, 1, "«# Uno»"),
        (4, 1, "«---»"),  # stands between the slides, on the line after the first
        (5, 2, "«# Dos»"),
        (7, 2, "«---»"),  # the line after the last
    ],
)
def test_a_fault_is_in_the_slide_that_holds_its_line_or_ends_there(monkeypatch, line, slide, shown):
    slides = (Passage("d", "slide", 1, "Uno", "# Uno\n\nx\n"), Passage("d", "slide", 2, "Dos", "# Dos\n\n"))
    said = SimpleNamespace(stderr=f"0.md:{line}:1 error MD001/rule wrong\n", returncode=1)
    monkeypatch.setattr(markdown, "run_tool", lambda *arguments: said)
    (found,) = markdown.check(Prose(Layout(Path()), [Document(Path("d.md"), "d", "slide", slides)]))
    assert (found.number, found.element, found.problem) == (slide, shown, "MD001: wrong")


def test_markdown_alone_is_given_with_what_stands_between_its_passages(monkeypatch):
    given = {}

    def lint(layout, tool, arguments, folder):
        given.update({path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()})
        return SimpleNamespace(stderr="", returncode=0)

    monkeypatch.setattr(markdown, "run_tool", lint)
    documents = [
        Document(Path(file), file, unit, tuple(Passage(file, unit, i + 1, "", f"{i}\n") for i in range(2)))
        for file, unit in (("m.toml", "line"), ("d.md", "slide"), ("n.ipynb", "cell"), ("p.md", "line"))
    ]
    assert list(markdown.check(Prose(Layout(Path()), documents))) == []
    assert given == {"0.md": "0\n---\n1\n", "1.md": "0\n\n1\n", "2.md": "0\n1\n"}


@pytest.mark.parametrize(
    ("file", "unit", "line", "number", "shown"),
    [
        ("n.ipynb", "cell", 2, 1, "«b»"),
        ("n.ipynb", "cell", 4, 2, "«b»"),
        ("p.md", "line", 3, 3, "«a»"),  # a page's line is that of the file
        ("p.md", "line", 4, 4, "«b»"),
    ],
)
def test_a_fault_in_a_cell_or_a_page_is_in_its_place(monkeypatch, file, unit, line, number, shown):
    texts = ("a\nb", "a\nb") if unit == "cell" else ("a\nb\n", "a\nb\n")
    starts = (1, 2) if unit == "cell" else (1, 3)
    passages = tuple(Passage(file, unit, start, "", text) for start, text in zip(starts, texts))
    said = SimpleNamespace(stderr=f"0.md:{line} MD001/rule wrong\n", returncode=1)
    monkeypatch.setattr(markdown, "run_tool", lambda *arguments: said)
    (found,) = markdown.check(Prose(Layout(Path()), [Document(Path(file), file, unit, passages)]))
    assert (found.number, found.element) == (number, shown)


def test_a_tool_that_says_nothing_readable_is_an_error(tmp_path):
    course = sound(tmp_path / "course")
    (course.root / "package.json").write_text("{}")
    tool = course.root / "node_modules" / "markdownlint-cli2" / "markdownlint-cli2-bin.mjs"
    tool.parent.mkdir(parents=True)
    tool.write_text("console.error('something new'); process.exit(1)")
    with pytest.raises(CourseError, match="markdownlint-cli2 failed: something new"):
        list(markdown.check(prose_of(course)))
