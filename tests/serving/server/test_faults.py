"""What goes wrong: bad bodies, clients that vanish, crowds, models that fail. The server stays up, nothing is lost."""

import asyncio
import json
import threading
import time

import pytest
import torch

from coursekit.serving import generate
from coursekit.serving.server import Limits

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")
FULL = {"model": "tiny", "prompt": "a", "messages": [{"role": "user", "content": "a"}]}
HALF = "\ud800"  # of a pair of UTF-16
POISON = 250  # an id that no letter has


def post(server, body, path="/v1/completions", **options):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(server.url + path, content=content, timeout=120, **options)


def ask(prompt="hola", tokens=5, **options):
    return {"model": "tiny", "prompt": prompt, "max_tokens": tokens, "temperature": 0} | options


def text(answer):
    return answer.json()["choices"][0]["text"]


def greedy(server, parts, prompt, tokens):
    ids = parts.tokenizer.encode(prompt)
    new = generate(server.engine.scheduler.cache.model, torch.tensor([ids]), tokens, temperature=0)
    return parts.tokenizer.decode(new[0, len(ids) :])


@pytest.mark.parametrize("path", ["/v1/completions", "/v1/chat/completions", "/api/generate", "/api/chat"])
@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"", 400, "body: expected JSON, got Expecting value"),
        (b"{", 400, "body: expected JSON, got"),
        (b"\xff\xfe{", 400, "body: expected JSON, got"),
        (b"[1]", 400, "body: expected a JSON object, got list"),
        (b"[" * 9000, 400, "body: expected JSON, got"),
        (FULL | {"stream": "yes"}, 400, "stream: expected true or false"),
        (b'{"model": 3}', 400, "model: expected text, got 3"),
        (FULL | {"prompt": HALF, "messages": [{"role": "user", "content": HALF}]}, 400, "got a lone surrogate"),
        (b'{"model": "x"}', 404, "model"),
        (b'{"a": "' + b"x" * 20_000 + b'"}', 413, "body: expected at most 20000 bytes"),
    ],
)
def test_a_body_that_is_none_is_told_so_in_one_line(server, path, body, status, message):
    answer = post(server, body, path)
    said = answer.json()["error"]
    said = said if path.startswith("/api") else said["message"]
    assert (answer.status_code, "\n" in said) == (status, False)
    assert message in said
    assert server.is_idle()


@pytest.mark.parametrize("number", ["1e999", "NaN", "-Infinity", "1" + "0" * 400, "-1" + "0" * 400])
def test_numbers_that_are_none(server, number):
    answer = post(server, b'{"model": "tiny", "prompt": "a", "temperature": %s}' % number.encode())
    assert answer.status_code == 400
    assert "temperature: expected a number from 0 to 2" in answer.json()["error"]["message"]
    answer = post(server, b'{"model": "tiny", "prompt": "a", "max_tokens": %s}' % number.encode())
    assert "max_tokens: expected a whole number" in answer.json()["error"]["message"]
    answer = post(server, b'{"model": "tiny", "prompt": [%s]}' % number.encode())
    assert answer.status_code == 400


def test_calls_that_do_not_exist(server):
    answer = httpx.get(f"{server.url}/v1/embeddings")
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "GET /v1/embeddings: Not Found")
    answer = httpx.get(f"{server.url}/api/chat")
    assert (answer.status_code, answer.json()["error"]) == (405, "GET /api/chat: Method Not Allowed")
    assert httpx.get(server.url).text == "coursekit serves tiny\n"


def test_a_web_page_whose_name_points_here_is_not_let_in(server):
    assert post(server, ask(), headers={"Host": "evil.example"}).status_code == 400
    assert post(server, ask(), headers={"Host": f"localhost:{server.port}"}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/completions", "/api/generate"])
def test_a_client_that_vanishes_in_mid_stream_is_not_written_for(parts, path):
    model = parts.make_decoder()
    model.register_forward_hook(lambda *_: time.sleep(0.05))
    with parts.Running(parts.make_engine(model)) as server:
        body = ask(tokens=200, stream=True) | {"options": {"num_predict": 200}}
        with httpx.stream("POST", server.url + path, json=body, timeout=120) as answer:
            for _ in zip(range(3), answer.iter_lines()):
                pass
        parts.wait_until(server.is_idle)
        assert server.engine.served == 0
        assert post(server, ask()).status_code == 200


def test_a_client_that_does_not_wait_for_the_whole_is_not_written_for(parts):
    model = parts.make_decoder()
    model.register_forward_hook(lambda *_: time.sleep(0.05))
    with parts.Running(parts.make_engine(model)) as server:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{server.url}/v1/completions", json=ask(tokens=200), timeout=0.5)
        parts.wait_until(server.is_idle)
        assert server.engine.served == 0


def test_two_hundred_at_once_are_answered_or_told_to_come_back(parts):
    with parts.Running(parts.make_engine()) as server:

        async def crowd():
            limits = httpx.Limits(max_connections=200)
            async with httpx.AsyncClient(base_url=server.url, timeout=300, limits=limits) as client:
                asked = (
                    client.post("/v1/completions", json=ask(f"hola {n % 5}", 6, temperature=0.0)) for n in range(200)
                )
                return await asyncio.gather(*asked)

        answers = asyncio.run(crowd())
        assert {answer.status_code for answer in answers} <= {200, 429}
        good = [(n, answer) for n, answer in enumerate(answers) if answer.status_code == 200]
        assert len(good) >= 16
        expected = [greedy(server, parts, f"hola {n}", 6) for n in range(5)]
        assert all(text(answer) == expected[n % 5] for n, answer in good)
        for answer in answers:
            if answer.status_code == 429:
                assert answer.json()["error"]["message"] == "busy: at most 16 requests at a time; try again in a moment"
                assert answer.headers["Retry-After"] == "1"
        parts.wait_until(server.is_idle)
        assert text(post(server, ask("hola 3", 6))) == expected[3]


def test_a_request_that_fails_inside_a_batch_does_not_take_the_others_with_it(parts):
    model = parts.make_decoder()

    def poisoned(self, inputs, logits):
        time.sleep(0.01)
        return logits.masked_fill((inputs[0] == POISON)[..., None], float("nan"))

    plain = parts.make_decoder()
    model.register_forward_hook(poisoned)
    with parts.Running(parts.make_engine(model)) as server:
        answers = {}

        def one(name, body):
            answers[name] = post(server, body)

        bodies = {name: ask(name, 30) for name in ("uno", "dos", "tres")} | {"bad": ask([*range(5), POISON], 30)}
        threads = [threading.Thread(target=one, args=pair) for pair in bodies.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        bad = answers.pop("bad")
        assert (bad.status_code, bad.json()["error"]["message"]) == (
            500,
            "model: logits: expected finite numbers, got NaN or infinity; look at the model's weights",
        )
        for name, answer in answers.items():
            ids = parts.tokenizer.encode(name)
            assert text(answer) == parts.tokenizer.decode(
                generate(plain, torch.tensor([ids]), 30, temperature=0)[0, len(ids) :]
            )
        parts.wait_until(server.is_idle)
        assert server.engine.failed == 1


def test_a_model_that_fails_always_leaves_the_server_up(parts):
    model, broken = parts.make_decoder(), [True]

    def hook(*_):
        if broken:
            raise RuntimeError("the memory burnt\ndown")

    model.register_forward_hook(hook)
    with parts.Running(parts.make_engine(model)) as server:
        for path, body in (
            ("/v1/completions", ask()),
            ("/api/generate", {"model": "tiny", "prompt": "a", "stream": False}),
        ):
            answer = post(server, body, path)
            assert answer.status_code == 500
            assert "model: the memory burnt down" in answer.text
        broken.clear()
        assert post(server, ask()).status_code == 200
        parts.wait_until(server.is_idle)


def test_an_answer_that_takes_too_long_is_ended(parts):
    model = parts.make_decoder()
    model.register_forward_hook(lambda *_: time.sleep(0.05))
    with parts.Running(parts.make_engine(model, Limits(300, 200, 16, 2.0, 20_000))) as server:
        answer = post(server, ask(tokens=200))
        assert (answer.status_code, answer.json()["error"]["message"]) == (
            504,
            "time: expected an answer within 2 s, got a part of it",
        )
        events = post(server, ask(tokens=200, stream=True)).text.split("\n\n")
        assert len(events) < 200
        assert "time: expected an answer within" in events[-3]
        assert events[-2] == "data: [DONE]"
        lines = post(server, {"model": "tiny", "prompt": "a"}, "/api/generate").text.splitlines()
        assert "time: expected an answer within" in json.loads(lines[-1])["error"]
        parts.wait_until(server.is_idle)


def test_what_nobody_foresaw_ends_its_requests_and_not_the_server(parts):
    engine = parts.make_engine()
    step, broken = engine.scheduler.step, [True]

    def burst():
        if broken and engine.scheduler.is_busy:
            broken.clear()
            raise ZeroDivisionError("a fault of ours")
        return step()

    engine.scheduler.step = burst
    with parts.Running(engine) as server:
        answer = post(server, ask())
        assert (answer.status_code, answer.json()["error"]["message"]) == (500, "model: a fault of ours")
        assert post(server, ask()).status_code == 200
        parts.wait_until(server.is_idle)


def test_the_server_ends_though_somebody_is_still_asking(parts):
    model = parts.make_decoder()
    model.register_forward_hook(lambda *_: time.sleep(0.05))
    engine = parts.make_engine(model)
    with parts.Running(engine) as server:
        done = []
        thread = threading.Thread(target=lambda: done.append(_quietly(server, ask(tokens=200, stream=True))))
        thread.start()
        parts.wait_until(lambda: engine.load == 1)
    thread.join(60)
    assert len(done) == 1
    assert not engine._thread.is_alive()


def _quietly(server, body):
    try:
        return post(server, body).status_code
    except httpx.HTTPError:
        return None


@pytest.mark.parametrize("name", ["prompt_tokens", "max_tokens", "requests", "seconds", "body_bytes"])
@pytest.mark.parametrize("bad", [0, -1, "3", None, True])
def test_limits_that_are_none(name, bad):
    with pytest.raises(ValueError, match=f"{name}: expected a number above 0, got"):
        Limits(**{name: bad})
