import pytest

from coursekit.exercises.quizzes import read_quiz
from coursekit.root import find_root

QUESTION = """\
[[question]]
question = "¿{n}?"
options = ["uno", "dos", "tres"]
answer = "{answer}"
why = "Porque sí."
wrong = {{ {wrong} }}
"""


def question(n=1, answer="b", letters="abc"):
    wrong = ", ".join(f'{letter} = "No es {letter}."' for letter in letters if letter != answer)
    return QUESTION.format(n=n, answer=answer, wrong=wrong)


def write(folder, text, slug="09-mini"):
    path = folder / "modules" / slug / "quiz.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_quiz_is_read_whole(tmp_path):
    first, second = read_quiz(write(tmp_path, question() + question(2, "c")))
    assert (first.question, first.options, first.answer, first.why) == (
        "¿1?",
        ("uno", "dos", "tres"),
        "b",
        "Porque sí.",
    )
    assert first.wrong == {"a": "No es a.", "c": "No es c."}
    assert (first.letters, first.option("b"), second.answer) == ("abc", "b) dos", "c")


def test_one_question_alone_and_four_options_will_do(tmp_path):
    four = question(letters="abcd").replace('"tres"', '"tres", "cuatro"')
    assert read_quiz(write(tmp_path, four))[0].letters == "abcd"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("why =", "wy =", r"question 1: unknown key 'wy': did you mean 'why'\?"),
        ('why = "Porque sí."\n', "", "question 1 has no 'why': add it"),
        ('answer = "b"\n', "", "question 1 has no 'answer': add it"),
        ('"b"', '"d"', "question 1: expected answer to be one letter of a, b, c, got 'd'"),
        ('"b"', '"ab"', "question 1: expected answer to be one letter of a, b, c, got 'ab'"),
        ('"b"', '""', "question 1: expected answer to be one letter of a, b, c, got ''"),
        ('"b"', '["a", "b"]', r"question 1: expected answer to be a str, got \['a', 'b'\]"),
        (', "tres"', "", r"question 1: expected 3 or 4 different options, got \['uno', 'dos'\]"),
        ('"tres"', '"tres", "4", "5"', "question 1: expected 3 or 4 different options"),
        ('"tres"', '"uno"', "question 1: expected 3 or 4 different options"),
        ('"tres"', "3", "question 1: expected a text, got 3"),
        ('"Porque sí."', '" "', "question 1: expected a text, got ' '"),
        ('"¿1?"', '""', "question 1: expected a text, got ''"),
        ('"No es a."', '""', "question 1: expected a text, got ''"),
        (', c = "No es c."', "", "question 1: expected wrong to explain a, c, got a"),
        ("c = ", "b = ", "question 1: expected wrong to explain a, c, got a, b"),
        ('a = "No es a.", c = "No es c."', "", "question 1: expected wrong to explain a, c, got none"),
        (
            "[[question]]",
            "minutes = 3\n[[question]]",
            r"expected \[\[question\]\] tables and nothing else, got minutes, que",
        ),
        ("[[question]]", "[question]", r"expected \[\[question\]\] tables and nothing else, got question"),
        ("¿1?", '"', "not valid TOML"),
    ],
)
def test_each_bad_file_is_one_clear_line(tmp_path, old, new, message):
    text = question()
    assert text.count(old) == 1
    path = write(tmp_path, text.replace(old, new))
    with pytest.raises(ValueError, match=f"^modules/09-mini/quiz.toml: {message}") as error:
        read_quiz(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"expected \[\[question\]\] tables and nothing else, got nothing"),
        ("question = []", r"expected \[\[question\]\] tables and nothing else, got question"),
        ("question = [3]", r"question 1: expected a \[\[question\]\] table, got 3"),
        (question() + question(2), "every answer is 'b': spread them over the letters"),
        (question() + question(2, "c").replace("why", "wy"), "question 2: unknown key 'wy'"),
    ],
)
def test_a_file_without_questions_or_with_one_letter_only_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"^modules/09-mini/quiz.toml: {message}"):
        read_quiz(write(tmp_path, text))


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = write(tmp_path, "")
    path.write_bytes(question().encode("latin-1"))
    with pytest.raises(ValueError, match="quiz.toml: not valid TOML"):
        read_quiz(path)


@pytest.mark.parametrize("path", sorted(find_root().glob("modules/*/quiz.toml")), ids=lambda path: path.parent.name)
def test_every_quiz_of_the_course_has_five_questions_and_answers_of_all_letters(path):
    questions = read_quiz(path)
    assert len(questions) == 5
    assert len({question.answer for question in questions}) >= 3
    assert len({question.question for question in questions}) == 5
    assert all(len(question.options) == 4 for question in questions)
    assert all(question.question.endswith("?") for question in questions)
    assert all(text.endswith(".") for q in questions for text in (*q.options, q.why, *q.wrong.values()))


def test_there_is_a_quiz_to_check():
    assert list(find_root().glob("modules/*/quiz.toml"))
