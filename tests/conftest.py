"""`decoding`: what is asked of every decoder in float64, whatever its mixers remember. `Made`: what a call computes.
`another_pytest_passes`: tests that need a process of their own.
"""

import os
import subprocess
import sys
from math import inf
from types import SimpleNamespace

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode


def ids(decoder, length, batch=2):
    return torch.randint(decoder.config.vocab_size, (batch, length), generator=torch.Generator().manual_seed(1))


def assert_pieces_equal_the_whole(decoder, pieces, batch):
    """Reading with a cache, so many tokens at a time, gives the logits of reading all of them at once."""
    tokens = ids(decoder, sum(pieces), batch)
    with torch.no_grad():
        cache = decoder.new_cache(batch)
        parts = torch.cat([decoder(piece, cache) for piece in tokens.split(pieces, dim=1)], dim=1)
        torch.testing.assert_close(parts, decoder(tokens), rtol=0, atol=1e-10)


def assert_no_token_sees_a_later_one(decoder):
    tokens = ids(decoder, 20)
    later = tokens.clone()
    later[:, 11:] = (later[:, 11:] + 1) % decoder.config.vocab_size
    with torch.no_grad():
        a, b = decoder(tokens), decoder(later)
    torch.testing.assert_close(a[:, :11], b[:, :11], rtol=0, atol=1e-12)
    assert (a[:, 11:] - b[:, 11:]).abs().amin() > 1e-6


def assert_every_weight_learns(decoder):
    decoder(ids(decoder, 30)).square().sum().backward()
    for name, weight in decoder.named_parameters():
        assert weight.grad.abs().max() > 0, name


@pytest.fixture(scope="session")
def decoding():
    return SimpleNamespace(
        assert_pieces_equal_the_whole=assert_pieces_equal_the_whole,
        assert_no_token_sees_a_later_one=assert_no_token_sees_a_later_one,
        assert_every_weight_learns=assert_every_weight_learns,
    )


class MadeByOperations(TorchDispatchMode):
    """Watches the operations inside its `with`: how large is what they make, whoever calls them.

    Args:
        kept_from: storages of so many numbers are kept until the end, so that none is handed out twice.

    Attributes:
        largest: the most numbers in one storage that an operation makes or looks at (a view counts what is behind it).
        booleans: how many of them were made in all.
        storages: how many different ones of at least `kept_from` numbers there were.
    """

    def __init__(self, kept_from=inf):
        super().__init__()
        self.kept_from, self.largest, self.booleans, self.kept = kept_from, 0, 0, {}

    @property
    def storages(self):
        return len(self.kept)

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, tuple) else (result,):
            if isinstance(tensor, torch.Tensor):
                storage = tensor.untyped_storage()
                numbers = storage.nbytes() // tensor.itemsize
                self.largest = max(self.largest, numbers)
                self.booleans += tensor.numel() * (tensor.dtype == torch.bool)
                if numbers >= self.kept_from:
                    self.kept[storage.data_ptr()] = storage
        return result


@pytest.fixture(scope="session")
def Made():
    return MadeByOperations


def assert_another_pytest_passes(*arguments, **environment):
    """For what must be said before a library is imported; a process of its own, which starts no other."""
    assert "COURSEKIT_ANOTHER_PYTEST" not in os.environ, "this test selects itself: leave it out with -m or -k"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        env=os.environ | environment | {"COURSEKIT_ANOTHER_PYTEST": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


@pytest.fixture(scope="session")
def another_pytest_passes():
    return assert_another_pytest_passes
