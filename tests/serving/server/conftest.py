"""A running server on loopback, before a tiny decoder that speaks bytes."""

import socket
import threading
import time

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving.paged import PagedCache
from coursekit.serving.scheduling import Scheduler
from coursekit.serving.server import Engine, Limits
from coursekit.tokenizers.alphabet import ORDER, PRINTABLE
from coursekit.tokenizers.published import PublishedBPE

END, TURN = 256, 257
TEMPLATE = (
    "{% for m in messages %}{{ '<|turn|>' + m['role'][0] + ':' + m['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>a:{% endif %}"
)
TOKENS = [*(PRINTABLE[byte] for byte in ORDER), "<|end|>", "<|turn|>"]
TOKENIZER = PublishedBPE(TOKENS, [], special=[END, TURN], end=END, chat_template=TEMPLATE)
LETTERS = [ORDER.index(byte) for byte in b"abcdefghijklmnopqrstuvwxyz .,"]


def make_decoder(letters=True, **parts):
    """A decoder of random weights; with `letters` it says nothing else, and never ends of itself."""
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=258, width=32, layers=2, heads=2, context=400)
    model = Decoder(config, **parts).double().eval()
    for weight in model.parameters():
        weight.data += torch.randn_like(weight) * 0.2
    if not letters:
        return model
    said = torch.full((258,), -torch.inf, dtype=torch.float64)
    said[LETTERS] = 0
    model.head.register_forward_hook(lambda module, given, logits: logits * 3 + said)
    return model


def make_engine(model=None, limits=None, tokenizer=TOKENIZER, **options):
    options = {"seats": 4, "chunk": 32} | options
    cache = PagedCache(model or make_decoder(), 200, 8)
    return Engine(Scheduler(cache, **options), tokenizer, limits or Limits(300, 200, 16, 60, 20_000))


class Running:
    """A server in a thread. Attributes: url; engine."""

    def __init__(self, engine, name="tiny"):
        import uvicorn

        from coursekit.serving.server.app import make_app

        self.engine = engine
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        app = make_app(engine, name, size=1000, hosts=("127.0.0.1", "localhost"))
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=5))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listening]}, daemon=True)

    def __enter__(self):
        self.thread.start()
        wait_until(lambda: self.server.started)
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(60)

    def is_idle(self):
        """Nothing under way, and every block given back."""
        cache = self.engine.scheduler.cache
        return self.engine.load == 0 and not cache.sequences and cache.pool.available == cache.pool.blocks


def wait_until(happened, seconds=120):
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def parts():
    """What tests make servers of."""
    from types import SimpleNamespace

    return SimpleNamespace(
        Running=Running, wait_until=wait_until, make_decoder=make_decoder, make_engine=make_engine, tokenizer=TOKENIZER
    )


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("uvicorn")
    pytest.importorskip("fastapi")
    with Running(make_engine()) as running:
        yield running
