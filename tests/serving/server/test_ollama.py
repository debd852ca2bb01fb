"""The real `ollama` package talks to the running server."""

import pytest
import torch

from coursekit.serving import Sampling, generate

ollama = pytest.importorskip("ollama")
GREEDY = {"temperature": 0, "num_predict": 12}
MESSAGES = [{"role": "user", "content": "hola"}]


@pytest.fixture
def client(server):
    return ollama.Client(host=server.url, timeout=120)


def expected(server, parts, ids, tokens=12, sampling=None, seed=0):
    model = server.engine.scheduler.cache.model
    new = generate(model, torch.tensor([ids]), tokens, sampling=sampling or Sampling(temperature=0), seed=seed)
    return parts.tokenizer.decode(new[0, len(ids) :])


def test_tags(client):
    assert [model.model for model in client.list().models] == ["tiny"]
    assert client.list().models[0].size == 1000


def test_generate_asks_as_a_user_does_and_raw_does_not(client, server, parts):
    answer = client.generate(model="tiny", prompt="hola", options=GREEDY)
    ids = parts.tokenizer.chat(MESSAGES)
    assert answer.response == expected(server, parts, ids)
    assert (answer.done, answer.done_reason) == (True, "length")
    assert (answer.prompt_eval_count, answer.eval_count) == (len(ids), 12)
    assert answer.total_duration > 0
    raw = client.generate(model="tiny:latest", prompt="hola", raw=True, options=GREEDY)
    assert raw.response == expected(server, parts, parts.tokenizer.encode("hola"))
    told = client.generate(model="tiny", prompt="hola", system="S", options=GREEDY)
    assert told.response == expected(
        server, parts, parts.tokenizer.chat([{"role": "system", "content": "S"}, *MESSAGES])
    )


def test_chat_streamed_and_whole(client, server, parts):
    whole = client.chat(model="tiny", messages=MESSAGES, options=GREEDY)
    assert whole.message.content == expected(server, parts, parts.tokenizer.chat(MESSAGES))
    pieces = list(client.chat(model="tiny", messages=MESSAGES, options=GREEDY, stream=True))
    assert "".join(piece.message.content for piece in pieces) == whole.message.content
    assert [piece.done for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert len(pieces) > 5
    assert pieces[-1].eval_count == 12
    streamed = list(client.generate(model="tiny", prompt="hola", options=GREEDY, stream=True))
    assert "".join(piece.response for piece in streamed) == whole.message.content


def test_options_and_their_defaults_are_ollama_s(client, server, parts):
    ids = parts.tokenizer.encode("hola")
    plain = client.generate(model="tiny", prompt="hola", raw=True, options={"seed": 5, "num_predict": 20})
    # docs/modelfile: temperature 0.8, top_k 40, top_p 0.9
    assert plain.response == expected(server, parts, ids, 20, Sampling(0.8, 40, 0.9), 5)
    wild = {"seed": 5, "num_predict": 20, "temperature": 1.5, "top_k": 0, "top_p": 1.0, "repeat_penalty": 1.2}
    answer = client.generate(model="tiny", prompt="hola", raw=True, options=wild)
    assert answer.response == expected(server, parts, ids, 20, Sampling(1.5, None, 1.0, 0.0, 1.2), 5)
    whole = expected(server, parts, ids, 30)
    stop = {"temperature": 0, "stop": [whole[6:9]], "num_predict": 30}
    cut = client.generate(model="tiny", prompt="hola", raw=True, options=stop)
    assert (cut.response, cut.done_reason) == (whole[: whole.find(whole[6:9])], "stop")
    most = client.generate(model="tiny", prompt="hola", raw=True, options={"temperature": 0})
    assert most.eval_count == 200  # the server's limit, where nobody says


def test_nothing_to_say_loads(client):
    assert client.generate(model="tiny").done_reason == "load"
    assert client.chat(model="tiny").done_reason == "load"


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ({"model": "llama3"}, 404, "model 'llama3' not found: this server has 'tiny'"),
        ({"options": {"temperature": -1}}, 400, "options.temperature: expected a number from 0 to 100, got -1"),
        ({"options": {"top_k": 1.5}}, 400, "options.top_k: expected a whole number from 0"),
        ({"options": {"num_predict": 10_000}}, 400, "max_tokens: expected at most 200, got 10000"),
        ({"prompt": "x" * 400}, 400, "prompt: expected 1 to 300 tokens, got 4"),
        ({"images": ["aGk="]}, 400, "images: not supported by this server"),
        ({"format": "json"}, 400, 'format: expected a JSON schema, got "json"'),
        ({"format": {"type": "date"}}, 400, "schema: expected a type that JSON has"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_request_that_is_wrong_is_told_so_in_one_line(client, options, status, message, stream):
    with pytest.raises(ollama.ResponseError) as caught:
        list(client.generate(**({"model": "tiny", "prompt": "hola", "stream": stream} | options)))
    assert message in caught.value.error
    assert "\n" not in caught.value.error
    assert caught.value.status_code == status
