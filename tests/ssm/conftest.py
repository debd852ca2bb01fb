"""`threads`: a number of them."""

import pytest
import torch

from coursekit.ssm.duality import shares


@pytest.fixture
def threads(monkeypatch):
    """Torch with so many threads, and a second one worth while for any size."""
    before = torch.get_num_threads()
    monkeypatch.setattr(shares, "WORTH_SHARING", 0)
    yield torch.set_num_threads
    torch.set_num_threads(before)
