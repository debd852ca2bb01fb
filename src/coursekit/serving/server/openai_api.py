"""OpenAI's calls, as far as this server has them; the rest is refused by name rather than passed over."""

import json
import time
import uuid

from fastapi import APIRouter
from fastapi import Request as Call
from fastapi.responses import JSONResponse, StreamingResponse

from coursekit.serving.server.fields import Fields
from coursekit.serving.server.openai_question import read_messages, read_prompt, read_question
from coursekit.serving.server.refusal import Refusal
from coursekit.serving.server.streaming import body_of, pieces, start, whole
from coursekit.serving.server.ticket import Done

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
        return await _answer(engine, call, name, fields, read_prompt, "text_completion")

    @routes.post("/chat/completions")
    async def chat(call: Call):
        fields = Fields(await body_of(call, engine.limits))
        return await _answer(engine, call, name, fields, read_messages, "chat.completion")

    return routes


def openai_error(refusal):
    """A `Refusal` as OpenAI's clients expect it."""
    kind = _TYPES.get(refusal.status, "invalid_request_error" if refusal.status < 500 else "server_error")
    code = "model_not_found" if refusal.status == 404 else None
    return {"error": {"message": str(refusal), "type": kind, "param": refusal.field, "code": code}}


async def _answer(engine, call, name, fields, read, kind):
    _check_model(fields.text("model", ""), name)
    question = read_question(fields, read(fields), engine.limits)
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
