"""markdownlint: planted faults in one run, each found in its slide, cell or line."""

import pytest
from prosecourse import SLUG, plant, prose_of, sound, write_cells

from coursekit.course.errors import CourseError
from coursekit.course.prose import markdown


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


def test_a_tool_that_says_nothing_readable_is_an_error(tmp_path):
    course = sound(tmp_path / "course")
    (course.root / "package.json").write_text("{}")
    tool = course.root / "node_modules" / "markdownlint-cli2" / "markdownlint-cli2-bin.mjs"
    tool.parent.mkdir(parents=True)
    tool.write_text("console.error('something new'); process.exit(1)")
    with pytest.raises(CourseError, match="markdownlint-cli2 failed: something new"):
        list(markdown.check(prose_of(course)))
