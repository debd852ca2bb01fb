"""A model behind HTTP: the calls of OpenAI's and Ollama's clients, answered in continuous batches.

    limits.py      how much one request, and all of them, may ask for
    refusal.py     what a request is told that asks for something else, in one line
    fields.py      a JSON body, field by field
    question.py    what was asked, whichever API it came by
    ticket.py      a question under way, and how its answer ends
    engine.py      the thread that owns the model and its scheduler; answers come out piece by piece
    openai_question.py  what OpenAI's clients send, as a question
    openai_api.py  /v1/models, /v1/completions, /v1/chat/completions
    ollama_api.py  /api/generate, /api/chat, /api/tags
    streaming.py   an answer as it comes, for a client that may go away meanwhile
    app.py         all of it as an application of FastAPI (the extra `serve`), and `serve`, which runs it

    client --HTTP--> app (asyncio: parses, refuses, streams) --questions--> engine (one thread: model, cache, scheduler)

Engine and questions know nothing of HTTP, and FastAPI is imported by the two APIs, streaming and app alone.
"""

from coursekit.serving.server.engine import Engine
from coursekit.serving.server.limits import Limits

__all__ = ["Engine", "Limits"]
