"""OpenAI's calls, as far as this server has them; the rest is refused by name rather than passed over."""

import json
import time
import uuid

from fastapi import APIRouter
from fastapi import Request as Call
from fastapi.responses import JSONResponse, StreamingResponse

from coursekit.serving.server.engine import Done
from coursekit.serving.server.fields import Fields, check_text
from coursekit.serving.server.question import Question
from coursekit.serving.server.refusal import Refusal
from coursekit.serving.server.streaming import body_of, pieces, start, whole

_TYPES = {404: "not_found_error", 413: "invalid_request_error", 429: "rate_limit_error"}


def openai_routes(engine, name):
    """The routes below /v1.

    Args: engine: an `Engine`; name: of the model.
    Returns: an `APIRouter`.
    Source: OpenAI's API reference: models, completions, chat.
    Taught in: 07-despliegue
    """
    routes, born = APIRouter(prefix="/v1"), int(time.time())
    card = {"id": name, "object": "model", "created": born, "owned_by": "coursekit"}

    @routes.get("/models")
    async def models():
        return {"object": "list", "data": [card]}

    @routes.get("/models/{model}")
    async def model(model: str):
        _check_model(model, name)
        return card

    @routes.post("/completions")
    async def completions(call: Call):
        fields = Fields(await body_of(call, engine.limits))
        return await _answer(engine, call, name, fields, _prompt, "text_completion")

    @routes.post("/chat/completions")
    async def chat(call: Call):
        fields = Fields(await body_of(call, engine.limits))
        return await _answer(engine, call, name, fields, _messages, "chat.completion")

    return routes


def openai_error(refusal):
    """A `Refusal` as OpenAI's clients expect it."""
    kind = _TYPES.get(refusal.status, "invalid_request_error" if refusal.status < 500 else "server_error")
    code = "model_not_found" if refusal.status == 404 else None
    return {"error": {"message": str(refusal), "type": kind, "param": refusal.field, "code": code}}


async def _answer(engine, call, name, fields, read_prompt, kind):
    _check_model(fields.text("model", ""), name)
    question = _question(fields, read_prompt(fields), engine.limits)
    streamed, counted = fields.flag("stream"), fields.part("stream_options").flag("include_usage")
    ticket, events = await start(engine, question)  # from here on somebody must listen
    head = {"id": f"{kind[:4]}-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": name}
    if streamed:
        stream = _stream(engine, ticket, events, head, kind, counted)
        return StreamingResponse(stream, media_type="text/event-stream")
    text, done = await whole(engine, ticket, events, call)
    said = {"message": {"role": "assistant", "content": text}} if kind == "chat.completion" else {"text": text}
    choice = {"index": 0, **said, "logprobs": None, "finish_reason": done.reason}
    return JSONResponse({**head, "choices": [choice], "usage": _usage(done)})


async def _stream(engine, ticket, events, head, kind, counted):
    is_chat = kind == "chat.completion"
    head = {**head, "object": "chat.completion.chunk" if is_chat else kind}

    def chunk(text, reason=None, role=None):
        delta = {} if text is None else {"content": text}
        said = {"delta": ({"role": role} if role else {}) | delta} if is_chat else {"text": text or ""}
        return _event({**head, "choices": [{"index": 0, **said, "logprobs": None, "finish_reason": reason}]})

    if is_chat:
        yield chunk("", role="assistant")
    try:
        async for event in pieces(engine, ticket, events):
            if isinstance(event, Done):
                yield chunk(None, event.reason)
                if counted:
                    yield _event({**head, "choices": [], "usage": _usage(event)})
            else:
                yield chunk(event)
    except Refusal as refusal:  # the status has been sent already
        yield _event(openai_error(refusal))
    yield "data: [DONE]\n\n"


def _event(content):
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"


def _usage(done):
    both = done.prompt_tokens + done.tokens
    return {"prompt_tokens": done.prompt_tokens, "completion_tokens": done.tokens, "total_tokens": both}


def _check_model(asked, name):
    if asked != name:
        raise Refusal(f"model: expected {name!r}, which this server has, got {asked[:60]!r}", 404, "model")


def _question(fields, prompt, limits):
    for field in ("frequency_penalty", "presence_penalty"):
        fields.only(field, 0)
    for field in ("n", "best_of"):
        fields.only(field, 1)
    for field in ("logprobs", "echo"):
        fields.only(field, False)
    for field in ("top_logprobs", "logit_bias", "suffix", "tools", "functions"):
        fields.only(field, 0, {}, [], "")
    default = (
        None if isinstance(prompt, list) and prompt and isinstance(prompt[0], dict) else min(16, limits.max_tokens)
    )
    most = fields.whole("max_tokens", 1, 10**9, default)
    return Question(
        prompt,
        fields.whole("max_completion_tokens", 1, 10**9, most),
        fields.stop(),
        {
            "temperature": _temperature(fields.number("temperature", 0, 2, 1.0)),
            "top_p": fields.number("top_p", 1e-6, 1),
            "top_k": fields.whole("top_k", 1, 10**9),
            "min_p": fields.number("min_p", 0, 1),
            "repetition_penalty": fields.number("repetition_penalty", 1e-3, 10),
        },
        fields.whole("seed", -(2**63), 2**63 - 1, time.time_ns()),
        _schema(fields),
    )


def _temperature(number):
    return 0 if number < 1e-6 else number


def _schema(fields):
    wanted = fields.part("response_format")
    kind = wanted.text("type", "text")
    if kind == "text":
        return None
    if kind != "json_schema":
        raise Refusal(f"response_format.type: expected text or json_schema, got {kind[:40]!r}", field="response_format")
    schema = wanted.part("json_schema").get("schema", dict, "a JSON schema")
    if schema is None:
        raise Refusal("response_format.json_schema.schema: expected a JSON schema, got none", field="response_format")
    return schema


def _prompt(fields):
    prompt = fields.get("prompt", (str, list), "text, or a list of ids")
    if isinstance(prompt, list) and len(prompt) == 1 and isinstance(prompt[0], str | list):
        prompt = prompt[0]
    is_ids = isinstance(prompt, list) and all(type(i) is int for i in prompt)
    if not isinstance(prompt, str) and not is_ids:
        raise fields.refusal("prompt", "one text, or a list of ids", prompt)
    if isinstance(prompt, str):
        check_text(prompt, "prompt")
    return prompt


def _messages(fields):
    messages = fields.get("messages", list, "a list of messages", [])
    if not messages:
        raise Refusal("messages: expected at least one", field="messages")
    return [read_message(i, message) for i, message in enumerate(messages)]


def read_message(i, message):
    """{"role", "content"} of a message; a content of parts is one of texts. Raises: Refusal."""
    role, content = (message.get(key) if isinstance(message, dict) else None for key in ("role", "content"))
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        texts = [part.get("text") for part in content]
        content = "".join(texts) if all(isinstance(text, str) for text in texts) else None
    if not isinstance(role, str) or not isinstance(content, str):
        raise Refusal(f"messages.{i}: expected a role and a content, both text", field="messages")
    check_text(role + content, f"messages.{i}")
    return {"role": role, "content": content}
