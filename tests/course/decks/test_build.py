"""Decks built for real, with Marp: what is fresh, what is left out, what is caught, what is skipped."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from coursekit.course.bibliography import load_bibliography
from coursekit.course.browser import find_browser
from coursekit.course.decks.build import DeckResult, build_deck
from coursekit.course.decks.html import read_sections
from coursekit.course.errors import CourseError
from coursekit.course.finding import FindingsError

FIXTURES = Path(__file__).parents[1] / "fixtures_decks"
ROOT = Path(__file__).parents[3]
DECK = FIXTURES / "90-demo.md"
NOTE = "Deja medio minuto de silencio"
HEAD = "---\nmarp: true\nlang: es\ntheme: coursekit\nmath: mathjax\n---\n\n"


def context(**changes: object) -> dict[str, object]:
    return {
        "metrics": {"copy/accuracy": {"text": "99,8 %", "origin": "medido: cuaderno 90-demo"}},
        "claims": {"copy-paper": "100 %", "bleu-base": "27,3", "wins": "5"},
        "references": load_bibliography(FIXTURES / "references.bib"),
        "source_roots": [FIXTURES],
        **changes,
    }


def build(deck: Path, out: Path, **changes: object) -> DeckResult:
    return build_deck(deck, **{"context": context(), "out": out / "decks", "browser": None, **changes})


def write(folder: Path, body: str, head: str = HEAD) -> Path:
    path = folder / "91-prueba.md"
    path.write_text(head + body, encoding="utf-8")
    return path


def sections(path: Path) -> list:
    return read_sections(BeautifulSoup(path.read_text(encoding="utf-8"), "lxml"))


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> DeckResult:
    return build(DECK, tmp_path_factory.mktemp("html"))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    browser = find_browser()
    assert browser, "these tests need Chromium"
    out = tmp_path_factory.mktemp("everything")
    build(DECK, out, browser=browser, route=False, formats=("pdf", "pptx"))
    return out / "decks"


def output(result: DeckResult, edition: str, name: str) -> Path:
    return next(path for path in result.paths if path.parent.name == edition and path.name == name)


# ---- what a built deck shows


def test_fresh_numbers_replace_the_literals(html: DeckResult) -> None:
    text = output(html, "student", "90-demo.html").read_text(encoding="utf-8")
    span = BeautifulSoup(text, "lxml").select_one('[data-metric="copy/accuracy"]')
    assert span.get_text() == "99,8 %"
    assert span["class"] == ["metric"]
    assert span["title"] == "medido: cuaderno 90-demo"
    assert "97,1" not in text


def test_code_is_the_source_as_it_is_now(html: DeckResult) -> None:
    code = sections(html.bare)[5].tag.select_one("pre").get_text()
    assert code.startswith("def attention(query, key, value):\n    scores = query @ key")
    assert "literal" not in code
    assert "docstring" not in code


def test_citations_link_to_the_references(html: DeckResult) -> None:
    cite = sections(html.bare)[3].tag.select_one(".cite")
    assert cite.get_text() == "(Vaswani et al., 2017, ec. 1)"
    assert cite.a["href"] == "#11"
    entries = [li.get_text() for li in sections(html.bare)[10].tag.select("li")]
    assert len(entries) == 2
    assert entries[1].startswith("Vaswani, A.; Shazeer, N.; Parmar, N.; et al. (2017). Attention Is All You Need.")


def test_minutes_route_and_notes_are_on_the_slides(html: DeckResult) -> None:
    slides = sections(html.bare)
    assert [slide.minutes for slide in slides[:3]] == [1, 2, 2]
    assert [slide.route for slide in slides[:5]] == [1, 2, 2, None, None]
    assert slides[0].tag["data-deck-minutes"] == "18"
    assert slides[2].note_words == 7  # Explica los ejes antes que las curvas.


def test_a_built_deck_asks_for_nothing(html: DeckResult) -> None:
    for path in html.paths:
        text = path.read_text(encoding="utf-8")
        asked = re.findall(r"""(?:\bsrc=["']?|url\(["']?|@import\s+["'])(?!data:|#)([^"')\s]+)""", text)
        assert [url for url in asked if url.startswith(("http", "//", "figures", "fonts"))] == []
    assert text.startswith("<!DOCTYPE html>") or path.suffix == ".txt"


def test_the_student_edition_has_no_notes(html: DeckResult) -> None:
    for edition, present in (("instructor", True), ("student", False)):
        for name in ("90-demo.html", "90-demo-15min.html"):
            assert (NOTE.lower() in output(html, edition, name).read_text(encoding="utf-8").lower()) is present
    student = output(html, "student", "90-demo.html").read_text(encoding="utf-8")
    assert all(section.note_words is None for section in sections(output(html, "student", "90-demo.html")))
    for note in re.findall(r"<!-- ([A-ZÁÉÍÓÚÑ].*?) -->", DECK.read_text(encoding="utf-8")):
        assert note not in student


def test_notes_as_text(html: DeckResult) -> None:
    text = output(html, "instructor", "90-demo.notas.txt").read_text(encoding="utf-8")
    assert "3. El Transformer copia lo que no había visto; el SSM olvida (2 min)\n" in text
    assert "\nExplica los ejes antes que las curvas.\n" in text


def test_the_route_has_only_marked_slides_and_references(html: DeckResult) -> None:
    for edition in ("instructor", "student"):
        slides = sections(output(html, edition, "90-demo-15min.html"))
        assert [slide.number for slide in slides] == [1, 2, 3, 10, 11]
        assert all(slide.route for slide in slides[:-1])
        assert "Jelassi" in slides[-1].tag.get_text()
        assert "Vaswani" not in slides[-1].tag.get_text()


def test_without_a_browser_there_is_html_and_a_warning(html: DeckResult) -> None:
    assert {path.suffix for path in html.paths} == {".html", ".txt"}
    assert html.warnings == ["90-demo: without a browser there is no PDF or PPTX, only HTML"]


def test_references_take_a_new_slide_every_eight(tmp_path: Path) -> None:
    entry = "@misc{{k{0}, author={{Autor{0}, Ana}}, title={{T}}, year={{2020}}, url={{https://e.org/{0}}}}}\n"
    bibliography = tmp_path / "many.bib"
    bibliography.write_text("".join(entry.format(i) for i in range(1, 10)), encoding="utf-8")
    cites = "; ".join(f"@k{i}" for i in range(1, 10))
    deck = write(tmp_path, f"# Uno\n\nCita [{cites}].\n\n---\n\n<!-- _class: references -->\n\n# Referencias\n\nx\n")
    result = build(deck, tmp_path, context={"references": load_bibliography(bibliography)}, route=False)
    slides = sections(result.bare)
    assert [len(slide.tag.select("li")) for slide in slides] == [0, 8, 1]
    assert [slide.title for slide in slides] == ["Uno", "Referencias", "Referencias"]
    assert slides[2].classes >= {"references"}
    links = [a["href"] for a in slides[0].tag.select(".cite a")]
    assert links == ["#2"] * 8 + ["#3"]


def test_a_formula_in_a_heading_keeps_its_tex_in_the_title(tmp_path: Path) -> None:
    result = build(write(tmp_path, "# El paso $\\Delta$, la escala\n"), tmp_path, route=False)
    assert [slide.title for slide in sections(result.bare)] == [r"El paso \Delta, la escala"]
    notes = output(result, "instructor", "91-prueba.notas.txt").read_text(encoding="utf-8")
    assert notes.startswith("1. El paso \\Delta, la escala\n")


def test_a_claim_in_words_keeps_its_words(tmp_path: Path) -> None:
    deck = write(tmp_path, '# Uno\n\nAquí <span data-claim="wins">gana</span> y <span data-claim="wins">3</span>.\n')
    result = build(deck, tmp_path, route=False)
    assert [span.get_text() for span in sections(result.bare)[0].tag.select("span.claim")] == ["gana", "5"]


def test_the_raw_deck_reads_well_in_plain_marp(tmp_path: Path) -> None:
    plain = tmp_path / "plain.html"
    marp = ROOT / "node_modules" / "@marp-team" / "marp-cli" / "marp-cli.js"
    command = ["node", str(marp), "--no-config", "--no-stdin", "--template", "bare", str(DECK), "-o", str(plain)]
    subprocess.run(command, check=True, capture_output=True)
    soup = BeautifulSoup(plain.read_text(encoding="utf-8"), "lxml")
    assert "97,1 % " in " ".join(soup.get_text().split()) + " "
    assert len(soup.select("div.columns")) == 2
    assert "span data-" not in soup.get_text()
    assert "_class" not in soup.get_text()


# ---- what is skipped


def test_a_second_build_makes_nothing_and_runs_no_marp(html: DeckResult, monkeypatch: pytest.MonkeyPatch) -> None:
    out = html.paths[0].parents[2]
    monkeypatch.setattr("coursekit.course.decks.make.run_marp", pytest.fail)
    again = build(DECK, out)
    assert again.built == []
    assert again.paths == html.paths


def test_a_changed_number_or_figure_is_built_again(tmp_path: Path) -> None:
    figure = tmp_path / "f.svg"
    figure.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    deck = write(tmp_path, '# Uno\n\n<span data-metric="copy/accuracy">1</span>\n\n![una figura](f.svg)\n')
    small = {"formats": ("html",), "editions": ("student",), "route": False}
    assert len(build(deck, tmp_path, **small).built) == 2  # the page for the gates and the student's
    assert build(deck, tmp_path, context=context(metrics={"copy/accuracy": "99,8 %"}), **small).built != []
    unrelated = context(metrics={"copy/accuracy": "99,8 %", "other": "1"})
    assert build(deck, tmp_path, context=unrelated, **small).built == []
    figure.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="9"/>', encoding="utf-8")
    assert len(build(deck, tmp_path, context=unrelated, **small).built) == 2


# ---- what is caught

FAULTS = """# Con faltas

<!-- _minutes: dos -->

![una figura](figures/no-existe.svg) y [@nadie2030] y ![otra](https://example.org/x.png)

<span data-metric="no/medido">1 %</span> <span data-claim="nobody-said">2 %</span>

<!-- Pregunta: ¿qué?
class: lead -->

<!-- _minuts: 2 -->

<!-- Una nota con --> dentro

---

# Otra

Cita [@shannon1948].
"""


def test_every_fault_is_reported_at_once_with_its_slide_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as raised:
        build(write(tmp_path, FAULTS), tmp_path)
    lines = str(raised.value).splitlines()
    expected = {
        "_minutes: dos": "is not a number of minutes",
        "figures/no-existe.svg": "no such image",
        "https://example.org/x.png": "is fetched from the network",
        "[@nadie2030]": "references.bib",
        'data-metric="no/medido"': "coursekit run 91-prueba",
        'data-claim="nobody-said"': "module.toml",
        "<!-- Pregunta: … -->": "mixes directives and text",
        "<!-- _minuts: … -->": "is no directive",
        "references:": "has no references slide",
    }
    for element, problem in expected.items():
        assert any(element in line and problem in line for line in lines), element
    assert all(line.startswith("91-prueba, slide ") for line in lines)
    assert "91-prueba, slide 1 «Con faltas»: [@nadie2030]" in "\n".join(lines)
    assert not list((tmp_path / "decks").rglob("*"))
    assert not (tmp_path / "check" / "decks" / "91-prueba.html").exists()


def test_a_note_cut_short_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match="a note ends early"):
        build(write(tmp_path, "# Uno\n\n<!-- flecha -->\n\na --> b -->\n"), tmp_path)


def test_a_formula_that_tex_cannot_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match=r"slide 2 «Dos»: formula: TeX error: .*; mend the formula"):
        build(write(tmp_path, "# Uno\n\n---\n\n# Dos\n\n$$ \\frac{a $$\n"), tmp_path)
    assert not list((tmp_path / "decks").rglob("*"))


def test_code_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    deck = write(tmp_path, "# Uno\n\n---\n\n# Dos\n\n```python source=fixture_kernel:nothing\nx\n```\n")
    with pytest.raises(
        FindingsError, match=r"slide 2 «Dos»: source=fixture_kernel:nothing: .* it has attention, Layer"
    ):
        build(deck, tmp_path)


@pytest.mark.parametrize(
    ("head", "body", "message"),
    [
        (HEAD.replace("coursekit", "coursekti"), "# Uno\n", "unknown theme 'coursekti'"),
        ("", "# Uno\n", "front matter: is missing"),
        ("---\nmarp: [\n---\n\n", "# Uno\n", "front matter: is not YAML"),
        (HEAD, "# Uno\n\nUna línea\n---\n\n# Dos\n", "leave a blank line above and below ---"),
    ],
)
def test_what_marp_forgives_in_silence_is_an_error(tmp_path: Path, head: str, body: str, message: str) -> None:
    with pytest.raises(FindingsError, match=re.escape(message)):
        build(write(tmp_path, body, head), tmp_path)


def test_a_missing_deck_names_it(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match=r"no-deck\.md: does not exist"):
        build(tmp_path / "no-deck.md", tmp_path)


def test_missing_tools_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "marp.config.mjs").touch()
    with pytest.raises(CourseError, match="run `npm ci`"):
        build(write(tmp_path, "# Uno\n"), tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CourseError, match=r"Node\.js is not installed"):
        build(DECK, tmp_path)


def test_arguments_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected formats among html, pdf, pptx, txt, got doc"):
        build(DECK, tmp_path, formats=("doc",))
    with pytest.raises(ValueError, match="expected editions among instructor, student, got teacher"):
        build(DECK, tmp_path, editions=("teacher",))
    with pytest.raises(ValueError, match='"html" beside "txt"'):
        build(DECK, tmp_path, formats=("txt",))
    with pytest.raises(ValueError, match="expected metrics, claims, states, references and source_roots, got metric"):
        build(DECK, tmp_path, context={"metric": {}})


# ---- PDF and PPTX


def pdf_text(path: Path) -> str:
    """All the text of a PDF, that of its annotations included."""
    pages = PdfReader(path).pages
    comments = [str(note.get_object().get("/Contents", "")) for page in pages for note in page.get("/Annots", ())]
    return "\n".join([page.extract_text() for page in pages] + comments).lower()


@pytest.mark.browser
@pytest.mark.slow
def test_the_notes_of_a_pdf_stand_whole_in_its_top_left_corner(everything: Path) -> None:
    reader = PdfReader(everything / "instructor" / "90-demo.pdf")
    annotations = [note.get_object() for page in reader.pages for note in page.get("/Annots", ())]
    places = [[float(side) for side in note["/Rect"]] for note in annotations if note["/Subtype"] == "/Text"]
    assert len(places) > 3
    # a slide is 960 × 540 points: 12 from the left and the top, 20 wide and high
    assert places == [[12, 508, 32, 528]] * len(places)
    assert [note for note in annotations if note["/Subtype"] == "/Link" and note["/Rect"][0] > 32]


def test_pdf_has_every_slide_outlines_and_the_notes_of_its_edition(everything: Path) -> None:
    for edition in ("instructor", "student"):
        reader = PdfReader(everything / edition / "90-demo.pdf")
        assert len(reader.pages) == 12
        assert reader.outline
        assert reader.trailer["/Root"]["/Lang"] == "es"
        assert "99,8" in pdf_text(everything / edition / "90-demo.pdf")
    assert NOTE.lower() in pdf_text(everything / "instructor" / "90-demo.pdf")
    assert NOTE.lower() not in pdf_text(everything / "student" / "90-demo.pdf")


@pytest.mark.browser
@pytest.mark.slow
def test_pptx_has_every_slide_and_the_notes_of_its_edition(everything: Path) -> None:
    for edition, present in (("instructor", True), ("student", False)):
        with zipfile.ZipFile(everything / edition / "90-demo.pptx") as pptx:
            assert pptx.testzip() is None
            names = pptx.namelist()
            assert len([name for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]) == 12
            text = "".join(pptx.read(name).decode("utf-8") for name in names if name.endswith((".xml", ".rels")))
        assert (NOTE.lower() in text.lower()) is present
        assert ("Explica los ejes" in text) is present
