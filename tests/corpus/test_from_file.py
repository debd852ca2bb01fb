from itertools import islice

import pytest

from coursekit.corpus import from_file

TEXT = "El sol sale. El sol\nbaja.\n\n¿Y la luna?\n \n\n  \nNo, Ana.\n"


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(TEXT, encoding="utf-8")
    return from_file(path)


def test_documents_are_split_at_blank_lines_and_keep_case(corpus):
    assert corpus.documents == [
        ["El", "sol", "sale", ".", "El", "sol", "baja", ".", "<fin>"],
        ["¿", "Y", "la", "luna", "?", "<fin>"],
        ["No", ",", "Ana", ".", "<fin>"],
    ]


def test_vocabulary_runs_from_the_most_frequent_with_end_first(corpus):
    # "." 3 times, "El" and "sol" twice, the others once, in the order of their code points
    assert corpus.VOCABULARY[:5] == ("<fin>", ".", "El", "sol", ",")
    assert len(corpus.VOCABULARY) == 14
    assert corpus.END == "<fin>"


def test_stories_are_permutations_of_the_documents_and_deterministic(corpus):
    for start in (0, 3):
        epoch = list(islice(corpus.stories(1), start, start + 3))
        assert sorted(epoch) == sorted(corpus.documents)
    assert list(islice(corpus.stories(1), 9)) == list(islice(corpus.stories(1), 9))
    assert any(list(islice(corpus.stories(s), 3)) != list(islice(corpus.stories(1), 3)) for s in range(5))
    with pytest.raises(ValueError, match="seed: expected an integer >= 0, got -2"):
        next(corpus.stories(-2))


def test_changing_a_story_does_not_change_the_corpus(corpus):
    next(corpus.stories(0)).clear()
    assert all(corpus.documents)


def test_encode_decode_text_and_tokens(corpus):
    for document in corpus.documents:
        assert corpus.decode(corpus.encode(document)) == document
        assert corpus.tokens(corpus.text(document)) == document
    assert corpus.text(corpus.documents[1]) == "¿Y la luna?"
    assert corpus.encode(["<fin>"]) == [0]
    with pytest.raises(ValueError, match=r"\(14 of them\), got 'Marte'"):
        corpus.encode(["Marte"])
    with pytest.raises(ValueError, match=r"\(14 of them\), got 'Marte'"):
        corpus.tokens("Marte")
    for outside in (-1, 14):
        with pytest.raises(ValueError, match=f"expected ids from 0 to 13, got {outside}"):
            corpus.decode([outside])


def test_the_entropy_of_real_text_is_unknown(corpus):
    with pytest.raises(ValueError, match="entropy of real text is unknown.*got text from a file; compare"):
        corpus.entropy_rate()


def test_a_byte_order_mark_is_no_word(tmp_path):
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbfhola")
    assert from_file(tmp_path / "bom.txt").documents == [["hola", "<fin>"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "expected a readable text file, got: No such file"),
        (b"", "expected text with at least one word, got none"),
        (b" \n\n \n", "expected text with at least one word, got none"),
        (b"ma\xf1ana", "expected UTF-8 text, got other bytes at offset 2; save it as UTF-8"),
    ],
)
def test_bad_files_give_one_clear_line_with_their_name(tmp_path, content, message):
    path = tmp_path / "bad.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        from_file(str(path))
    assert "bad.txt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_not_a_text_file(tmp_path):
    with pytest.raises(ValueError, match="expected a readable text file"):
        from_file(tmp_path)
