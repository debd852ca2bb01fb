"""The heads of a call in shares: each head once, and for small work one thread."""

import pytest
import torch

from coursekit.ssm.duality import shares as ssd_shares
from coursekit.ssm.duality.shares import Share, shares


def sizes(heads, groups):
    return torch.empty(1, 2, heads, 3), torch.empty(1, 2, groups, 5)


@pytest.mark.parametrize(
    ("heads", "groups", "count", "expected"),
    [
        (5, 1, 1, [[Share(0, 5, 0)]]),
        (5, 1, 2, [[Share(0, 2, 0)], [Share(2, 5, 0)]]),
        (6, 3, 2, [[Share(0, 2, 0), Share(4, 6, 2)], [Share(2, 4, 1)]]),
        (4, 2, 3, [[Share(0, 1, 0), Share(3, 4, 1)], [Share(1, 2, 0)], [Share(2, 3, 1)]]),
        (2, 1, 3, [[Share(0, 1, 0)], [Share(1, 2, 0)]]),
    ],
)
def test_every_head_once(threads, heads, groups, count, expected):
    threads(count)
    assert shares(*sizes(heads, groups)) == expected


def test_little_work_is_for_one_thread(threads, monkeypatch):
    threads(2)
    monkeypatch.setattr(ssd_shares, "WORTH_SHARING", 2 * 4 * 3 * 5)  # L H P N
    assert len(shares(*sizes(4, 1))) == 2
    monkeypatch.setattr(ssd_shares, "WORTH_SHARING", 2 * 4 * 3 * 5 + 1)
    assert shares(*sizes(4, 1)) == [[Share(0, 4, 0)]]


def test_what_is_not_on_the_cpu_is_for_one_thread(threads):
    threads(2)
    x, B = (t.to("meta") for t in sizes(4, 1))
    assert shares(x, B) == [[Share(0, 4, 0)]]
