"""Spelling: planted faults in one run of cspell, and what is none."""

from pathlib import Path

import pytest
from prosecourse import SLUG, plant, prose_of, sound, write_cells

from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout
from coursekit.course.prose import spelling
from coursekit.course.prose.documents import Document, Passage
from coursekit.course.prose.prose import Prose

CELLS = [
    "# Módulo mínimo\n\nUn *learning rate*, `codigo`, $atencion$, Zarbliano, GQA, bf16 y apagarlas, apagándolas.",
    "## Otra\n\nLas cabezas vivian lejos; vivian bien.",
    "Blendro y TuPalabrra.",
    "🤖 y 😀🤖 rrobot.",
]


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    course = sound(tmp_path_factory.mktemp("spelling") / "course")
    plant(course, f"slides/{SLUG}.md", "La entropía mide", "La entropia mide")
    plant(course, f"slides/{SLUG}.md", "Se cierra con la respuesta.", "Se zierra con la respuesta.")
    plant(course, f"modules/{SLUG}/module.toml", "¿Cuánto", "¿Quánto")
    plant(course, "README.es.md", "Un curso", "Palabras:\n\nUn curzo")
    plant(course, "modules/references.bib", "Shannon, Claude E.", "Zarbliano, Ana")
    (course.root / "README.md").write_text("# Course\n\nEnglish words.\n")
    (course.root / "modules" / "words.txt").write_text("# Nombres\nBlendro  # propio\n", encoding="utf-8")
    write_cells(course, CELLS)
    return list(spelling.check(prose_of(course)))


@pytest.mark.slow
def test_each_misspelt_word_is_named_once_a_passage_with_its_place_and_a_guess(planted):
    assert [(f.document, f.unit, f.number, f.title, f.element) for f in planted] == [
        (SLUG, "slide", 2, "Dos más dos son 4", "«entropia»"),
        (SLUG, "slide", 2, "Dos más dos son 4", "«zierra»"),
        (f"notebooks/{SLUG}.ipynb", "cell", 2, "Otra", "«vivian»"),
        (f"notebooks/{SLUG}.ipynb", "cell", 3, "Otra", "«TuPalabrra»"),
        (f"notebooks/{SLUG}.ipynb", "cell", 4, "Otra", "«rrobot»"),
        (f"modules/{SLUG}/module.toml", "line", 2, "question", "«Quánto»"),
        ("README.es.md", "line", 5, "Curso", "«curzo»"),
    ]
    assert "write «entropía» or " in planted[0].remedy
    assert planted[0].remedy.endswith(", *entropia* if it is foreign, or add it to modules/words.txt")
    assert str(planted[0]).startswith(f"{SLUG}, slide 2 «Dos más dos son 4»: «entropia»: is not a Spanish word; write ")


@pytest.mark.slow
def test_what_was_cut_in_two_gets_no_guess(planted):
    assert planted[3].remedy == "write it right, *TuPalabrra* if it is foreign, or add it to modules/words.txt"


@pytest.mark.parametrize(
    ("text", "issue", "element", "remedy"),
    [
        ("La entropia.", {"text": "entropia", "offset": 3}, "«entropia»", "write «a» or «b», *entropia* if"),
        ("Una TuPalabrra.", {"text": "Palabrra", "offset": 6}, "«TuPalabrra»", "write it right, *TuPalabrra* if"),
        ("🤖🤖🤖 La entropia.", {"text": "entropia", "offset": 10}, "«entropia»", "write «a» or «b», *entropia* if"),
        ("𝛼🇪🇸 a", {"text": "a", "offset": 7}, "«a»", "write «a» or «b», *a* if"),
        ("fin", {"text": "zz", "offset": 99}, "«zz»", "write «a» or «b», *zz* if"),
        ("ab cd", {"text": "ab", "offset": 0}, "«ab»", "write «a» or «b», *ab* if"),
        ("ab cd", {"text": "cd", "offset": 3}, "«cd»", "write «a» or «b», *cd* if"),
    ],
)
def test_a_word_is_named_whole_and_guessed_at_where_it_was_not_cut(monkeypatch, text, issue, element, remedy):
    passage = Passage("p.md", "line", 1, "T", text)
    issue = {"uri": "file:///0.txt", "suggestions": ["a", "b", "c"], **issue}
    monkeypatch.setattr(spelling, "_cspell", lambda *arguments: [issue])
    (found,) = spelling.check(Prose(Layout(Path()), [Document(Path("p.md"), "p.md", "line", (passage,))]))
    assert found.element == element
    assert found.remedy.startswith(remedy)


def document(*texts, spanish=True):
    return Document(
        Path("p.md"), "p.md", "line", tuple(Passage("p.md", "line", 1, "T", text) for text in texts), spanish
    )


def test_each_word_is_named_once_a_passage_where_it_first_stands(monkeypatch):
    first, second = "vivian\n\nlejos vivian zierto", "otra\nvivian"
    at = [("1.txt", "vivian", 5), ("0.txt", "zierto", 21), ("0.txt", "vivian", 14), ("0.txt", "vivian", 0)]
    issues = [{"uri": f"file:///x/{file}", "text": word, "offset": offset} for file, word, offset in at]
    monkeypatch.setattr(spelling, "_cspell", lambda *arguments: issues)
    found = spelling.check(Prose(Layout(Path()), [document(first, second)]))
    assert [(f.number, f.element) for f in found] == [(1, "«vivian»"), (3, "«zierto»"), (2, "«vivian»")]


def test_the_tool_is_given_spanish_words_and_those_that_the_course_knows(tmp_path, monkeypatch):
    given = {}

    def cspell(layout, folder, words):
        given.update({path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}, words=words)
        return []

    monkeypatch.setattr(spelling, "_cspell", cspell)
    course = sound(tmp_path / "course")
    (course.root / "modules" / "words.txt").write_text("# Nombres\nBlendro dos  # propio\n\n", encoding="utf-8")
    texts = ("Para apagarlas o decírselo,", "apagándolas, diciéndonosla y viéndome.", "*An* idea `code`")
    documents = [document("English words.", spanish=False), document(*texts)]
    assert list(spelling.check(Prose(course.layout, documents, references=prose_of(course).references))) == []
    assert given == {  # pronouns are blanked and no position moves
        "0.txt": "Para apagar    o decírselo,",
        "1.txt": "apagando   , diciendo      y viendo  .",
        "2.txt": "     idea       ",
        "words": ["Blendro", "Shannon", "dos"],
    }


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{issues: [], error: [{message: 'no dictionary'}]}", "cspell failed: no dictionary"),
        ("'not a report' + '{'", "cspell gave no report: "),
    ],
)
def test_a_tool_that_gives_no_report_is_an_error(tmp_path, said, message):
    course = sound(tmp_path / "course")
    (course.root / "package.json").write_text("{}")
    tool = course.root / "node_modules" / "cspell" / "bin.mjs"
    tool.parent.mkdir(parents=True)
    tool.write_text(f"const said = {said}; console.log(typeof said === 'string' ? said : JSON.stringify(said))")
    with pytest.raises(CourseError, match=message):
        list(spelling.check(prose_of(course)))
