"""The application: both APIs before one engine, and every fault as one line."""

from contextlib import asynccontextmanager
from ipaddress import ip_address

from fastapi import FastAPI
from fastapi import Request as Call
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from coursekit.serving.server.ollama_api import ollama_error, ollama_routes
from coursekit.serving.server.openai_api import openai_error, openai_routes
from coursekit.serving.server.refusal import Refusal

LOOPBACK = "127.0.0.1"


def make_app(engine, name, size=0, hosts=None):
    """The application of a server.

    Args:
        engine: an `Engine`, not yet started: it runs as long as the application does.
        name: of the model, as clients call it.
        size: bytes of its weights.
        hosts: names under which it may be called; None = any. On loopback this keeps web pages out that let a name of
            theirs point here.

    Returns: a `FastAPI`.
    Taught in: 07-despliegue
    """

    @asynccontextmanager
    async def running(app):
        with engine:
            yield

    app = FastAPI(title="coursekit", lifespan=running, openapi_url=None)
    app.include_router(openai_routes(engine, name))
    app.include_router(ollama_routes(engine, name, size))
    if hosts is not None:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))

    @app.get("/")
    async def root():
        return PlainTextResponse(f"coursekit serves {name}\n")

    @app.exception_handler(Refusal)
    async def refused(call: Call, refusal):
        headers = {"Retry-After": "1"} if refusal.status == 429 else None
        return JSONResponse(_error(call, refusal), refusal.status, headers)

    @app.exception_handler(HTTPException)
    async def no_such_call(call: Call, error):
        return JSONResponse(_error(call, Refusal(f"{call.method} {call.url.path}: {error.detail}")), error.status_code)

    @app.exception_handler(Exception)
    async def unforeseen(call: Call, error):
        return JSONResponse(_error(call, Refusal(f"server: {type(error).__name__}", 500)), 500)

    return app


def serve(engine, name, host=LOOPBACK, port=11435, size=0):
    """Run a server until it is interrupted.

    Args:
        engine, name, size: as in `make_app`.
        host: address to listen on. Loopback unless somebody says otherwise: nobody is asked for a password.
        port: of TCP.
    """
    import uvicorn

    hosts = [host, "localhost", "127.0.0.1"] if is_loopback(host) else None
    app = make_app(engine, name, size, hosts)
    patience = {"timeout_keep_alive": 30, "timeout_graceful_shutdown": 5}  # seconds; answers under way are broken off
    uvicorn.run(app, host=host, port=port, log_level="warning", **patience)


def is_loopback(host):
    """Does only this machine reach it?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _error(call, refusal):
    return ollama_error(refusal) if call.url.path.startswith("/api") else openai_error(refusal)
