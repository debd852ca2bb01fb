"""An answer as it comes, for a client that may go away meanwhile."""

import asyncio
from contextlib import suppress

from fastapi import Request as Call

from coursekit.serving.server.fields import read_json
from coursekit.serving.server.refusal import Refusal
from coursekit.serving.server.ticket import Done


async def body_of(call: Call, limits):
    """The JSON object that a client sends. Raises: Refusal where it is too large, too slow, or no JSON."""
    try:
        return read_json(await asyncio.wait_for(_body(call, limits.body_bytes), limits.seconds))
    except TimeoutError:
        raise Refusal(f"body: expected all of it within {limits.seconds:g} s", 408) from None


async def _body(call, limit):
    body = b""
    async for chunk in call.stream():
        body += chunk
        if len(body) > limit:
            raise Refusal(f"body: expected at most {limit} bytes", 413)
    return body


async def start(engine, question):
    """Ask; the answer's events come in a queue: str, then a `Done` or a `Refusal`.

    The prompt is read into tokens in another thread: a long one must not keep the others waiting.

    Returns: ticket, queue. Raises: Refusal.
    """
    events, loop = asyncio.Queue(), asyncio.get_running_loop()

    def tell(event):
        with suppress(RuntimeError):  # the loop has ended, and the client with it
            loop.call_soon_threadsafe(events.put_nowait, event)

    return await asyncio.to_thread(engine.ask, question, tell), events


async def pieces(engine, ticket, events):
    """The pieces of an answer, then its `Done`. A client that goes away cancels it. Raises: Refusal."""
    try:
        while True:
            event = await events.get()
            if isinstance(event, Refusal):
                raise event
            yield event
            if isinstance(event, Done):
                return
    finally:
        engine.cancel(ticket)


async def whole(engine, ticket, events, call: Call):
    """The text of an answer and its `Done`. A client that goes away cancels it. Raises: Refusal."""
    text, gone = [], asyncio.ensure_future(_gone(call))
    try:
        while True:
            event = asyncio.ensure_future(events.get())
            await asyncio.wait([event, gone], return_when=asyncio.FIRST_COMPLETED)
            if not event.done():
                event.cancel()
                raise Refusal("the client has gone", 499)
            if isinstance(event.result(), Refusal):
                raise event.result()
            if isinstance(event.result(), Done):
                return "".join(text), event.result()
            text.append(event.result())
    finally:
        gone.cancel()
        engine.cancel(ticket)


async def _gone(call):
    """Ends when the client does: its body has been read, so that nothing else comes."""
    while (await call.receive())["type"] != "http.disconnect":
        pass
