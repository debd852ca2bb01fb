"""The real `openai` package talks to the running server."""

import json

import pytest
import torch

from coursekit.serving import Sampling, generate

openai = pytest.importorskip("openai")


@pytest.fixture
def client(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=120) as client:
        yield client


def expected(server, parts, ids, tokens, sampling=None, seed=0):
    model = server.engine.scheduler.cache.model
    new = generate(model, torch.tensor([ids]), tokens, sampling=sampling or Sampling(temperature=0), seed=seed)
    return parts.tokenizer.decode(new[0, len(ids) :])


def test_models(client):
    assert [model.id for model in client.models.list()] == ["tiny"]
    assert client.models.retrieve("tiny").owned_by == "coursekit"
    with pytest.raises(openai.NotFoundError, match="model: expected 'tiny', which this server has, got 'other'"):
        client.models.retrieve("other")


def test_a_completion_is_what_generate_writes(client, server, parts):
    answer = client.completions.create(model="tiny", prompt="hola", max_tokens=12, temperature=0)
    assert answer.choices[0].text == expected(server, parts, parts.tokenizer.encode("hola"), 12)
    assert answer.choices[0].finish_reason == "length"
    usage = answer.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (4, 12, 16)
    ids = client.completions.create(model="tiny", prompt=parts.tokenizer.encode("hola"), max_tokens=12, temperature=0)
    assert ids.choices[0].text == answer.choices[0].text
    assert client.completions.create(model="tiny", prompt="hola", temperature=0).usage.completion_tokens == 16


def test_draws_by_seed_and_options(client, server, parts):
    def ask(**options):
        extra = {"top_k": 5, "min_p": 0.02, "repetition_penalty": 1.1}
        return client.completions.create(
            model="tiny", prompt="hola", max_tokens=20, temperature=0.9, top_p=0.95, extra_body=extra, **options
        )

    sampling = Sampling(0.9, 5, 0.95, 0.02, 1.1)
    assert ask(seed=3).choices[0].text == expected(server, parts, parts.tokenizer.encode("hola"), 20, sampling, 3)
    assert ask(seed=3).choices[0].text == ask(seed=3).choices[0].text
    assert len({ask().choices[0].text for _ in range(4)}) > 1  # without a seed each is new


MESSAGES = [{"role": "system", "content": "S"}, {"role": "user", "content": "¿qué tal?"}]


def test_a_chat_streamed_and_whole(client, server, parts):
    whole = client.chat.completions.create(model="tiny", messages=MESSAGES, max_tokens=15, temperature=0)
    ids = parts.tokenizer.chat(MESSAGES)
    assert whole.choices[0].message.content == expected(server, parts, ids, 15)
    assert whole.choices[0].message.role == "assistant"
    stream = client.chat.completions.create(
        model="tiny",
        messages=MESSAGES,
        max_tokens=15,
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert len(chunks) > 5
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "length"
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (len(ids), 15)
    assert len({chunk.id for chunk in chunks}) == 1


def test_content_in_parts(client):
    texts = [{"role": "user", "content": [{"type": "text", "text": "ho"}, {"type": "text", "text": "la"}]}]
    plain = [{"role": "user", "content": "hola"}]
    a, b = (
        client.chat.completions.create(model="tiny", messages=messages, max_completion_tokens=5, temperature=0)
        for messages in (texts, plain)
    )
    assert a.choices[0].message.content == b.choices[0].message.content
    assert a.usage == b.usage


def test_stop_strings_end_it_streamed_or_not(client, server, parts):
    whole = expected(server, parts, parts.tokenizer.encode("hola"), 40)
    stop = whole[10:13]
    cut = whole[: whole.find(stop)]
    answer = client.completions.create(model="tiny", prompt="hola", max_tokens=40, temperature=0, stop=[stop, "ñ"])
    assert (answer.choices[0].text, answer.choices[0].finish_reason) == (cut, "stop")
    stream = client.completions.create(
        model="tiny", prompt="hola", max_tokens=40, temperature=0, stop=stop, stream=True
    )
    assert "".join(chunk.choices[0].text for chunk in stream) == cut


def test_an_answer_in_a_schema(client, parts):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}, "ok": {"type": "boolean"}}, "required": ["n"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    ask = {"model": "tiny", "messages": MESSAGES, "max_tokens": 100, "response_format": wanted}
    with parts.Running(parts.make_engine(parts.make_decoder(letters=False))) as server:
        other = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=120)
        for seed in range(3):
            answer = other.chat.completions.create(**ask, seed=seed).choices[0]
            assert answer.finish_reason == "stop"
            assert set(json.loads(answer.message.content)) <= {"n", "ok"}
        assert server.engine._constraints.hits == 2  # the schema is worked out once
        other.close()
    with pytest.raises(openai.InternalServerError, match="model: logits: expected finite numbers"):
        client.chat.completions.create(**ask)  # a model that gives all that is allowed no chance


def test_the_same_question_is_remembered_where_nothing_is_left_to_luck(client, server):
    before = server.engine.answers.hits
    texts = [
        client.completions.create(model="tiny", prompt="otra vez", max_tokens=9, temperature=0).choices[0].text
        for _ in range(2)
    ]
    assert texts[0] == texts[1]
    assert server.engine.answers.hits == before + 1
    client.completions.create(model="tiny", prompt="otra vez", max_tokens=8, temperature=0)
    client.completions.create(model="tiny", prompt="otra vez", max_tokens=9, temperature=0.5)
    assert server.engine.answers.hits == before + 1


LARGE = {"anyOf": [{"type": "number"}] * 500}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": "gpt-4"}, openai.NotFoundError, "model: expected 'tiny', which this server has, got 'gpt-4'"),
        ({"max_tokens": 0}, openai.BadRequestError, "max_tokens: expected a whole number from 1"),
        ({"max_tokens": 201}, openai.BadRequestError, "max_tokens: expected at most 200, got 201"),
        ({"prompt": "x" * 301}, openai.BadRequestError, "prompt: expected 1 to 300 tokens, got 301"),
        ({"prompt": "x" * 290, "max_tokens": 111}, openai.BadRequestError, "prompt: expected at most 400 tokens with"),
        ({"prompt": ""}, openai.BadRequestError, "prompt: expected 1 to 300 tokens, got 0"),
        ({"prompt": [1, 999]}, openai.BadRequestError, "prompt: expected ids from 0 to 257"),
        ({"prompt": ["a", "b"]}, openai.BadRequestError, "prompt: expected one text, or a list of ids"),
        ({"temperature": -1}, openai.BadRequestError, "temperature: expected a number from 0 to 2, got -1"),
        ({"top_p": 2}, openai.BadRequestError, "top_p: expected a number from 1e-06 to 1, got 2"),
        ({"n": 3}, openai.BadRequestError, "n: not supported by this server, got 3"),
        ({"logprobs": 2}, openai.BadRequestError, "logprobs: not supported by this server, got 2"),
        ({"presence_penalty": 1}, openai.BadRequestError, "presence_penalty: not supported by this server"),
        ({"stop": [""]}, openai.BadRequestError, "stop: expected at most 16 texts of 1 to 500 characters"),
        ({"seed": "a"}, openai.BadRequestError, "seed: expected a whole number from"),
        ({"stream": 3}, openai.BadRequestError, "stream: expected true or false, got 3"),
        (
            {"extra_body": {"response_format": {"type": "xml"}}},
            openai.BadRequestError,
            "response_format.type: expected",
        ),
        (
            {"extra_body": {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "date"}}}}},
            openai.BadRequestError,
            "schema: expected a type that JSON has, got 'date'",
        ),
        (
            {"extra_body": {"response_format": {"type": "json_schema", "json_schema": {"schema": LARGE}}}},
            openai.BadRequestError,
            "format: expected a smaller schema: its pattern has over 20000 characters",
        ),
    ],
)
def test_a_request_that_is_wrong_is_told_so_in_one_line(client, server, options, error, message):
    with pytest.raises(error) as caught:
        client.completions.create(**({"model": "tiny", "prompt": "hola", "max_tokens": 5} | options))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert server.engine.load == 0
    assert client.completions.create(model="tiny", prompt="hola", max_tokens=2).choices[0].text


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([], "messages: expected at least one"),
        ([{"role": "user"}], "messages.0: expected a role and a content, both text"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "messages.0: expected a role"),
        (
            [*MESSAGES, {"role": "user<|end|>", "content": "a"}],
            "messages.2.role: expected one of system, user, assistant, developer, got 'user<",
        ),
    ],
)
def test_messages_that_are_none(client, messages, message):
    with pytest.raises(openai.BadRequestError, match=message):
        client.chat.completions.create(model="tiny", messages=messages)
