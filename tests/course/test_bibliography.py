"""The bibliography: labels and entries as they are shown, and what an entry must have."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.course.bibliography import Reference, lettered, load_bibliography
from coursekit.course.decks.context import deck_context
from coursekit.course.decks.text import read_deck
from coursekit.course.errors import CourseError

FIXTURES = Path(__file__).parent / "fixtures_decks"


def load(folder: Path, text: str) -> dict[str, Reference]:
    path = folder / "references.bib"
    path.write_text(text, encoding="utf-8")
    return load_bibliography(path)


def entry(key: str = "k", kind: str = "article", **changes: str) -> str:
    fields = {"author": "Gu, Albert and Dao, Tri", "title": "Mamba", "year": "2023", "eprint": "2312.00752", **changes}
    body = ", ".join(f"{name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{key}, {body}}}\n"


@pytest.mark.parametrize(
    ("author", "label"),
    [
        ("Shannon, Claude E.", "Shannon, 2023"),
        ("Gu, Albert and Dao, Tri", "Gu y Dao, 2023"),
        ("Vaswani, Ashish and Shazeer, Noam and Parmar, Niki", "Vaswani et al., 2023"),
        ("Brown, Tom and others", "Brown et al., 2023"),
        ("{DeepSeek-AI}", "DeepSeek-AI, 2023"),
        ("van den Oord, Aaron", "van den Oord, 2023"),
        (r"Hinton, Geoffrey and S{\'e}rgio, Jo{\~a}o", "Hinton y Sérgio, 2023"),
    ],
)
def test_labels(tmp_path: Path, author: str, label: str) -> None:
    assert load(tmp_path, entry(author=author))["k"].label == label


def test_works_of_one_label_get_letters_in_order_of_title(tmp_path: Path) -> None:
    text = entry("b", title="Second") + entry("a", title="First") + entry("c", year="2024")
    works = lettered(load(tmp_path, text).values())
    assert {key: work.label for key, work in works.items()} == {
        "a": "Gu y Dao, 2023a",
        "b": "Gu y Dao, 2023b",
        "c": "Gu y Dao, 2024",
    }


def test_the_entry_carries_the_letter_of_its_label(tmp_path: Path) -> None:
    text = entry("b", title="Second") + entry("a", title="First") + entry("c", year="2024")
    works = lettered(load(tmp_path, text).values())
    for key, year in {"a": "2023a", "b": "2023b", "c": "2024"}.items():
        for shown in (works[key].text, works[key].html):
            assert shown.startswith(f"Gu, A.; Dao, T. ({year}). ")


def test_a_deck_gets_the_letters_in_citation_and_list(tmp_path: Path) -> None:
    deck = tmp_path / "91-prueba.md"
    deck.write_text("---\nmarp: true\ntheme: coursekit\n---\n\n# Uno\n\n[@a; @b]\n", encoding="utf-8")
    works = load(tmp_path, entry("b", title="Second") + entry("a", title="First"))
    shown = deck_context(read_deck(deck), {"references": works}, tmp_path)["references"]
    for key in "ab":
        assert shown[key]["label"] == f"Gu y Dao, 2023{key}"
        assert f" (2023{key}). " in shown[key]["entry"]


def test_an_entry_in_full() -> None:
    reference = load_bibliography(FIXTURES / "references.bib")["vaswani2017attention"]
    assert reference.text == (
        "Vaswani, A.; Shazeer, N.; Parmar, N.; et al. (2017). Attention Is All You Need. "
        "Advances in Neural Information Processing Systems. arXiv:1706.03762"
    )
    assert "<em>Attention Is All You Need</em>" in reference.html
    assert '<a href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</a>' in reference.html
    assert reference.url == "https://arxiv.org/abs/1706.03762"
    assert reference.authors[6] == "Kaiser"


@pytest.mark.parametrize(
    ("changes", "shown", "url"),
    [
        ({"doi": "10.1/x"}, "arXiv:2312.00752, doi:10.1/x", "https://arxiv.org/abs/2312.00752"),
        ({"doi": "https://doi.org/10.1/x", "eprint": ""}, "doi:10.1/x", "https://doi.org/10.1/x"),
        ({"isbn": "978-0", "eprint": ""}, "ISBN 978-0", ""),
        ({"url": "https://www.example.org/a/", "eprint": ""}, "example.org/a", "https://www.example.org/a/"),
    ],
)
def test_identifiers(tmp_path: Path, changes: dict[str, str], shown: str, url: str) -> None:
    reference = load(tmp_path, entry(**changes))["k"]
    assert reference.text.endswith(f"Mamba. {shown}")
    assert reference.url == url


def test_names_and_titles_are_plain_unicode_and_safe_in_html(tmp_path: Path) -> None:
    reference = load(tmp_path, entry(author="Kaiser, {\\L}ukasz Jan-Piet", title="{BERT} \\& \\emph{a} < b -- c"))["k"]
    assert reference.text.startswith("Kaiser, Ł. J.-P. (2023). BERT & a < b – c.")
    assert "<em>BERT &amp; a &lt; b – c</em>" in reference.html


def test_where_it_appeared(tmp_path: Path) -> None:
    assert " Nature. arXiv" in load(tmp_path, entry(journal="Nature"))["k"].text
    assert load(tmp_path, entry(journal="arXiv preprint"))["k"].text.endswith("Mamba. arXiv:2312.00752")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"author": ""}, "@k lacks author: add it"),
        ({"title": ""}, "@k lacks title: add it"),
        ({"year": ""}, "@k lacks year: add it"),
        ({"year": "en prensa"}, "@k has year 'en prensa': expected four digits"),
        ({"eprint": ""}, r"@k lacks an identifier \(doi, eprint, isbn or url\): add it"),
    ],
)
def test_what_an_entry_must_have(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    with pytest.raises(CourseError, match=f"references.bib: {message}"):
        load(tmp_path, entry(**changes))


def test_every_problem_of_the_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CourseError) as raised:
        load(tmp_path, entry("a", year="") + entry("b", title=""))
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["@article{k, title = {open", entry() + entry()])
def test_what_is_not_bibtex_is_an_error_of_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(CourseError, match=r"references\.bib: ") as raised:
        load(tmp_path, text)
    assert "\n" not in str(raised.value)


def test_a_missing_file_says_what_to_create(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="create it"):
        load_bibliography(tmp_path / "references.bib")


NO_ADDRESSES = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "{javascript}:alert(1)",
    "a.es/x",
]
NO_ADDRESSES += ["data:text/html,x", "//a.es", "file:///etc/passwd", "https:", "https://", "ftp://a.es/x"]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_an_address_is_of_the_web(tmp_path: Path, url: str) -> None:
    with pytest.raises(
        CourseError, match=r"references\.bib: @k has url .*: expected an address with http:// or https://"
    ):
        load(tmp_path, entry(eprint="", url=url))


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"url": 'https://a.es/"><script>', "eprint": ""}, "https://a.es/%22%3E%3Cscript%3E"),
        ({"url": "https://a.es/año b", "eprint": ""}, "https://a.es/a%C3%B1o%20b"),
        ({"url": "https://a.es/x%20y?a=1&b=(2)#c", "eprint": ""}, "https://a.es/x%20y?a=1&b=(2)#c"),
        ({"doi": '10.1/a<b>"c', "eprint": ""}, "https://doi.org/10.1/a%3Cb%3E%22c"),
        ({"eprint": 'x" onclick="y'}, "https://arxiv.org/abs/x%22%20onclick=%22y"),
    ],
)
def test_an_address_holds_no_sign_of_html(tmp_path: Path, changes: dict[str, str], url: str) -> None:
    work = load(tmp_path, entry(**changes))["k"]
    assert work.url == url
    assert work.html.count('"') == 2  # those of its href
    assert "<script" not in work.html


@pytest.mark.parametrize("title", ["a \\", "{" * 5000 + "a" + "}" * 5000])
def test_a_field_that_is_no_latex_names_its_entry(tmp_path: Path, title: str) -> None:
    with pytest.raises(CourseError, match=r"^references\.bib: ") as raised:
        load(tmp_path, entry(title=title))
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400
