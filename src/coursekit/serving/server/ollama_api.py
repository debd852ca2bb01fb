"""Ollama's calls, as far as this server has them."""

import json
import time
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi import Request as Call
from fastapi.responses import JSONResponse, StreamingResponse

from coursekit.serving.server.fields import Fields
from coursekit.serving.server.openai_question import read_message
from coursekit.serving.server.question import Question
from coursekit.serving.server.refusal import Refusal
from coursekit.serving.server.streaming import body_of, pieces, start, whole
from coursekit.serving.server.ticket import Done


def ollama_routes(engine, name, size=0):
    """The routes below /api.

    Args: engine: an `Engine`; name: of the model; size: its bytes.
    Returns: an `APIRouter`.
    Source: Ollama's docs/api.md.
    Taught in: 07-despliegue
    """
    routes, born = APIRouter(prefix="/api"), _now()

    @routes.get("/tags")
    async def tags():
        details = {"format": "coursekit", "family": "", "parameter_size": "", "quantization_level": ""}
        card = {"name": name, "model": name, "modified_at": born, "size": size, "digest": "", "details": details}
        return {"models": [card]}

    @routes.post("/generate")
    async def generate(call: Call):
        fields = Fields(await body_of(call, engine.limits))
        _check_model(fields, name)
        for field in ("suffix", "images", "context", "template"):
            fields.only(field, "", [])
        prompt, system = fields.text("prompt", ""), fields.text("system")
        if not prompt:  # how Ollama's clients ask for a model to be loaded
            return {"model": name, "created_at": _now(), "response": "", "done": True, "done_reason": "load"}
        if getattr(engine.tokenizer, "chat_template", None) is not None and not fields.flag("raw"):
            prompt = [{"role": "system", "content": system}] * bool(system) + [{"role": "user", "content": prompt}]
        return await _answer(engine, call, name, fields, prompt, lambda text: {"response": text})

    @routes.post("/chat")
    async def chat(call: Call):
        fields = Fields(await body_of(call, engine.limits))
        _check_model(fields, name)
        fields.only("tools", [])
        messages = fields.get("messages", list, "a list of messages", [])
        if not messages:
            message = {"role": "assistant", "content": ""}
            return {"model": name, "created_at": _now(), "message": message, "done": True, "done_reason": "load"}
        prompt = [read_message(i, message) for i, message in enumerate(messages)]
        return await _answer(
            engine, call, name, fields, prompt, lambda text: {"message": {"role": "assistant", "content": text}}
        )

    return routes


def ollama_error(refusal):
    """A `Refusal` as Ollama's clients expect it."""
    return {"error": str(refusal)}


async def _answer(engine, call, name, fields, prompt, said):
    began = time.monotonic_ns()
    question, streamed = _question(fields, prompt), fields.flag("stream", True)
    ticket, events = await start(engine, question)  # from here on somebody must listen
    if streamed:
        stream = _stream(engine, ticket, events, name, said, began)
        return StreamingResponse(stream, media_type="application/x-ndjson")
    text, done = await whole(engine, ticket, events, call)
    return JSONResponse({"model": name, "created_at": _now(), **said(text), **_last(done, began)})


async def _stream(engine, ticket, events, name, said, began):
    try:
        async for event in pieces(engine, ticket, events):
            rest = (said(""), _last(event, began)) if isinstance(event, Done) else (said(event), {"done": False})
            content = {"model": name, "created_at": _now(), **rest[0], **rest[1]}
            yield json.dumps(content, ensure_ascii=False) + "\n"
    except Refusal as refusal:  # the status has been sent already
        yield json.dumps(ollama_error(refusal)) + "\n"


def _last(done, began):
    """Counts, and the time that it took in nanoseconds."""
    took = time.monotonic_ns() - began
    counts = {"prompt_eval_count": done.prompt_tokens, "eval_count": done.tokens}
    return {"done": True, "done_reason": done.reason, "total_duration": took, **counts}


def _check_model(fields, name):
    asked = fields.text("model", "")
    if asked.removesuffix(":latest") != name:
        raise Refusal(f"model {asked[:60]!r} not found: this server has {name!r}", 404)


def _question(fields, prompt):
    """Ollama's defaults: temperature 0.8, top-k 40, top-p 0.9."""
    options = fields.part("options")
    for field in ("presence_penalty", "frequency_penalty", "mirostat"):
        options.only(field, 0)
    most = options.whole("num_predict", -2, 10**9, -1)
    temperature = options.number("temperature", 0, 100, 0.8)
    top_k = options.whole("top_k", 0, 10**9, 40)
    schema = fields.content.get("format")
    if schema is not None and schema != "" and not isinstance(schema, dict):
        raise fields.refusal("format", "a JSON schema", schema)
    return Question(
        prompt,
        most if most > 0 else None,
        options.stop(),
        {
            "temperature": 0 if temperature < 1e-6 else temperature,
            "top_k": top_k or None,
            "top_p": options.number("top_p", 1e-6, 1, 0.9),
            "min_p": options.number("min_p", 0, 1, 0.0),
            "repetition_penalty": options.number("repeat_penalty", 1e-3, 10, 1.0),
        },
        options.whole("seed", -(2**63), 2**63 - 1, time.time_ns()),
        schema or None,
    )


def _now():
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
