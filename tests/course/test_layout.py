import codecs
import json

import pytest

from coursekit.course.course import Course
from coursekit.course.decks.text import read_deck
from coursekit.course.errors import CourseError
from coursekit.course.layout import atomic_write, read_text, write_text
from coursekit.course.notebooks.read import Notebook
from coursekit.course.notebooks.strip import strip


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(CourseError, match=r"a\.txt: cannot be written: no such file"), atomic_write(path) as partial:
        partial.with_name("missing").rename(partial)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_is_read_as_whatever_editor_saved_it(tmp_path):
    path = tmp_path / "a.md"
    for data in ("uno\ndós\n".encode(), codecs.BOM_UTF8 + "uno\r\ndós\r\n".encode(), "uno\rdós\r".encode()):
        path.write_bytes(data)
        assert read_text(path) == "uno\ndós\n"


@pytest.mark.parametrize(("encoding", "line"), [("latin-1", 2), ("cp1252", 2), ("utf-16", 1), ("utf-16-le", 2)])
def test_what_is_not_utf_8_is_named_with_its_line(mini, encoding, line):
    path = mini.root / "slides" / "07-a.md"
    path.write_bytes("uno\ndós\n".encode(encoding))
    remedy = "save the file with the encoding UTF-8"
    with pytest.raises(CourseError, match=f"^slides/07-a.md, line {line}: is not UTF-8: {remedy}$"):
        read_text(path)
    path.write_bytes("abc\n".encode("utf-16-le"))
    with pytest.raises(CourseError, match="07-a.md, line 1: is not UTF-8"):
        read_text(path)


TEXTS = [
    "slides/07-a.md",
    "modules/07-a/module.toml",
    "modules/07-a/README.md",
    "modules/references.bib",
    "modules/words.txt",
    "modules/terms.toml",
    "modules/external-links.toml",
    "README.es.md",
    "notebooks/07-a.ipynb",
]


def read_everything(mini):
    """All texts of the course, as the commands read them."""
    from coursekit.course.prose import links_external, spelling, terms

    course = Course(mini.layout)
    prose = course.prose
    read_deck(course.modules[0].deck(mini.layout))
    return prose.documents, terms.load_terms(mini.layout), links_external.read_list(mini.layout), spelling._known(prose)


@pytest.fixture
def texts(mini):
    mini.add("07-a", "x = 1  # día")
    for name, text in {
        "modules/words.txt": "árbol\n",
        "modules/terms.toml": "# términos\n",
        "modules/external-links.toml": "# día\n[checked]\n",
        "README.es.md": "# Léeme\n",
        "modules/references.bib": "% bibliografía\n" + (mini.root / "modules/references.bib").read_text(),
        "modules/07-a/README.md": "# Módulo\n",
    }.items():
        (mini.root / name).write_text(text, encoding="utf-8")
    notebook = mini.root / "notebooks" / "07-a.ipynb"
    document = json.loads(notebook.read_text(encoding="utf-8"))
    notebook.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return mini


@pytest.mark.parametrize("name", TEXTS)
def test_a_byte_order_mark_changes_nothing(texts, name):
    path, before = texts.root / name, read_everything(texts)
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    assert read_everything(texts) == before


@pytest.mark.parametrize("name", TEXTS)
def test_another_encoding_is_one_line_that_names_the_file(texts, name):
    path = texts.root / name
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(CourseError, match=rf"^{name}, line \d+: is not UTF-8: .*\Z"):
        read_everything(texts)


def test_strip_drops_the_mark_with_which_jupyter_opens_no_notebook(texts):
    path = texts.root / "notebooks" / "07-a.ipynb"
    strip(path)
    data = path.read_bytes()
    path.write_bytes(codecs.BOM_UTF8 + data)
    with pytest.raises(CourseError, match="byte-order mark: run `coursekit strip`"):
        _ = Notebook(path, path.name).node
    assert strip(path)
    assert path.read_bytes() == data


def test_a_file_is_written_whole_into_a_folder_that_is_made(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    for text in ("ñ\n", "otra\nlínea\n"):
        write_text(path, text)
        assert path.read_bytes() == text.encode("utf-8")  # whatever the machine's line ends
    assert list(path.parent.iterdir()) == [path]
