import pytest

from coursekit.exercises import quiz
from coursekit.exercises.quizzes import find_quiz, read_quiz
from coursekit.root import find_root

QUIZ = """\
[[question]]
question = "¿Dos más dos?"
options = ["Tres.", "Cuatro.", "Cinco."]
answer = "b"
why = "Se cuentan los dedos."
wrong = { a = "Falta un dedo.", c = "Sobra un dedo." }

[[question]]
question = "¿Tres por tres?"
options = ["Nueve.", "Seis.", "Doce.", "Tres."]
answer = "a"
why = "Son tres filas de tres."
wrong = { b = "Eso es la suma.", c = "Eso es cuatro por tres.", d = "Eso es una fila." }
"""

EXAMPLE = 'por ejemplo, quiz("09", "aa").\n'


@pytest.fixture
def said(monkeypatch, tmp_path, capsys):
    """What `quiz` prints, in a course with two quizzes."""
    (tmp_path / "notebooks").mkdir()
    for slug, text in (("08-otro", QUIZ.replace("Dos más dos", "Otra cosa")), ("09-mini", QUIZ)):
        (tmp_path / "modules" / slug).mkdir(parents=True)
        (tmp_path / "modules" / slug / "quiz.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))

    def ask(*arguments):
        assert quiz(*arguments) is None
        return capsys.readouterr().out

    return ask


def test_the_questions_are_printed_with_their_options(said):
    assert (
        said("09")
        == said("09", " ")
        == (
            "Cuestionario 09. Responde con una letra por pregunta, en orden: " + EXAMPLE + "\n"
            "1. ¿Dos más dos?\n   a) Tres.\n   b) Cuatro.\n   c) Cinco.\n\n"
            "2. ¿Tres por tres?\n   a) Nueve.\n   b) Seis.\n   c) Doce.\n   d) Tres.\n"
        )
    )


def test_right_answers_are_told_why(said):
    assert said("09", "ba") == (
        "1. ¿Dos más dos?\n   ✅ b) Cuatro.\n   Se cuentan los dedos.\n\n"
        "2. ¿Tres por tres?\n   ✅ a) Nueve.\n   Son tres filas de tres.\n\n"
        "Aciertos: 2 de 2.\n"
    )


def test_a_wrong_answer_is_told_why_it_is_wrong_and_which_is_right(said):
    assert said("09", "bd") == (
        "1. ¿Dos más dos?\n   ✅ b) Cuatro.\n   Se cuentan los dedos.\n\n"
        "2. ¿Tres por tres?\n   ❌ d) Tres.\n   Eso es una fila.\n   La correcta es a) Nueve.\n"
        "   Son tres filas de tres.\n\n"
        "Aciertos: 1 de 2.\n"
    )


@pytest.mark.parametrize("answers", ["BA", "b, a", " b a ", "b,a\n"])
def test_capitals_spaces_and_commas_do_no_harm(said, answers):
    assert said("09", answers) == said("09", "ba")


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ("b", "Las preguntas son 2 y tus respuestas, 1: " + EXAMPLE),
        ("bab", "Las preguntas son 2 y tus respuestas, 3: " + EXAMPLE),
        ("da", "La respuesta 1 es «d» y debe ser una de estas: a, b, c.\n"),
        (
            "?5",
            "La respuesta 1 es «?» y debe ser una de estas: a, b, c.\n"
            "La respuesta 2 es «5» y debe ser una de estas: a, b, c, d.\n",
        ),
        (["b", "a"], "Las respuestas van entre comillas, una letra por pregunta: " + EXAMPLE),
        (3, "Las respuestas van entre comillas, una letra por pregunta: " + EXAMPLE),
    ],
)
def test_answers_that_cannot_be_judged_get_a_line_and_no_score(said, answers, message):
    assert said("09", answers) == message


def test_a_quiz_is_found_by_number_or_slug_and_an_unknown_one_lists_those_there_are(said):
    assert "¿Otra cosa?" in said("08")
    assert "¿Dos más dos?" in said("09-mini")
    for unknown in ("0", "10", 9):
        with pytest.raises(LookupError, match=f"No hay cuestionario {unknown!r}. Los que hay: 08, 09."):
            quiz(unknown)


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in find_root().glob("modules/*/quiz.toml")))
def test_every_quiz_of_the_course_fits_a_hundred_columns_and_explains_every_option(slug, capsys):
    questions = find_quiz(slug)
    quiz(slug)
    quiz(slug, "".join(question.answer for question in questions))
    assert f"Aciertos: {len(questions)} de {len(questions)}." in capsys.readouterr().out
    for turn in range(1, 4):
        letters = [question.letters[(question.letters.index(question.answer) + turn) % 4] for question in questions]
        quiz(slug, "".join(letters))
        printed = capsys.readouterr().out
        assert max(map(len, printed.splitlines())) <= 100
        flowing = " ".join(printed.split())
        assert all(q.wrong[letter] in flowing and q.why in flowing for q, letter in zip(questions, letters))
        assert f"Aciertos: 0 de {len(questions)}." in flowing


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", r"expected \[\[question\]\] tables and nothing else, got nothing"),
        (b"question = 3", r"expected \[\[question\]\] tables"),
        (b"question = [1]", "question 1: expected a .* table, got 1"),
        (b"[[question", "not valid TOML"),
        (b"x = " + b"9" * 5000, "not valid TOML"),
        (b"x = " + b"[" * 100_000, "not valid TOML"),
        (QUIZ.encode("latin-1"), "not valid TOML: 'utf-8' codec"),
        (QUIZ.replace("answer", "anser", 1).encode(), "question 1: unknown key 'anser': did you mean 'answer'?"),
        (QUIZ.replace('"b"', "2", 1).encode(), "question 1: expected answer to be a str, got 2"),
        (QUIZ.replace('["Tres."', '[["Tres."]', 1).encode(), "question 1: expected a text, got"),
        (None, "cannot be read: Is a directory"),
    ],
)
def test_a_broken_quiz_is_one_line_and_the_student_s_is_in_spanish(said, text, message):
    path = find_root() / "modules" / "09-mini" / "quiz.toml"
    path.unlink()
    path.mkdir() if text is None else path.write_bytes(text)
    with pytest.raises(ValueError, match=f"^modules/09-mini/quiz.toml: .*{message}|{message}") as error:
        read_quiz(path)
    assert "\n" not in str(error.value)
    with pytest.raises(
        LookupError, match=r"^modules/09-mini/quiz\.toml no se puede leer, o le falta algo: recupéralo con g"
    ):
        quiz("09")
    assert "¿Otra cosa?" in said("08")


def test_a_byte_order_mark_does_no_harm(said):
    path = find_root() / "modules" / "09-mini" / "quiz.toml"
    path.write_text(QUIZ, encoding="utf-8-sig")
    assert "¿Dos más dos?" in said("09")
