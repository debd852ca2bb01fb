"""The forward process: schedules, times, masks."""

import pytest
import torch

from coursekit.diffusion.text import COSINE, LINEAR, log_linear, mask_tokens
from coursekit.diffusion.text.times import even_times, independent_times

MASK = 9
TIMES = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
SCHEDULES = {"linear": LINEAR, "cosine": COSINE, "log-linear": log_linear()}


def test_schedules_by_hand():
    # at t = 1/3: 1 - t = 2/3; cosine: 1 - cos(pi/2 * 2/3) = 1 - 1/2; weight pi/2 sin(pi/3) / (1/2) = pi sqrt(3) / 2
    third = torch.tensor(1 / 3, dtype=torch.float64)
    assert LINEAR.alpha(third).item() == pytest.approx(2 / 3, abs=1e-12)
    assert LINEAR.weight(third).item() == pytest.approx(3, abs=1e-12)
    assert COSINE.alpha(third).item() == pytest.approx(0.5, abs=1e-12)
    assert COSINE.weight(third).item() == pytest.approx(2.720699046351327, abs=1e-12)
    assert log_linear(0.1).alpha(torch.tensor(1.0)).item() == pytest.approx(0.1, abs=1e-6)
    assert -log_linear(0.1).alpha(third).log().item() == pytest.approx(0.35667494393873245, abs=1e-12)  # -ln(1 - 0.3)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_slope_is_the_derivative_and_alpha_falls(name):
    schedule, t = SCHEDULES[name], TIMES.clone().requires_grad_()
    alpha = schedule.alpha(t)
    (slope,) = torch.autograd.grad(alpha.sum(), t)
    torch.testing.assert_close(schedule.slope(TIMES), slope, rtol=1e-12, atol=0)
    assert (slope < 0).all()
    torch.testing.assert_close(schedule.weight(TIMES), -slope / (1 - alpha.detach()), rtol=1e-12, atol=0)
    ends = schedule.alpha(torch.tensor([0.0, 1.0], dtype=torch.float64)).tolist()
    assert ends == pytest.approx([1, 1e-3 if name == "log-linear" else 0], abs=1e-12)


def test_even_times_put_one_in_each_part():
    times = even_times((50,), torch.Generator().manual_seed(0))
    assert times.sort().values.mul(50).floor().tolist() == list(range(50))
    assert (times[1:] < times[:-1]).any()  # not in the order of the texts
    # each of them is uniform: over many batches the first one's mean is 1/2, its standard error 0.29 / sqrt(2000)
    first = torch.stack([even_times((4,), torch.Generator().manual_seed(seed))[0] for seed in range(2000)])
    assert abs(first.mean().item() - 0.5) < 4 * 0.29 / 2000**0.5
    # the variance of a batch's mean time: u / n has 1 / (12 n^2), independent times 1 / (12 n)
    means = [
        torch.stack([draw((4,), torch.Generator().manual_seed(seed)).mean() for seed in range(2000)]).var().item()
        for draw in (even_times, independent_times)
    ]
    assert means == pytest.approx([1 / (12 * 16), 1 / (12 * 4)], rel=0.15)


def test_the_hidden_part_is_one_less_alpha():
    tokens = torch.zeros(4, 20_000, dtype=torch.long)
    t = torch.tensor([0.0, 0.25, 0.7, 1.0])
    hidden = mask_tokens(tokens, t, MASK, COSINE, torch.Generator().manual_seed(0)) == MASK
    expected = 1 - COSINE.alpha(t)
    # four standard errors of 20,000 coins: 4 * 0.5 / sqrt(20000) = 0.014; the ends are exact
    torch.testing.assert_close(hidden.double().mean(1).float(), expected, rtol=0, atol=0.0142)
    assert not hidden[0].any()
    assert hidden[3].all()


def test_times_of_each_token_and_fixed_places():
    tokens = torch.arange(6).view(1, 6)
    t = torch.tensor([[0.0, 1, 1, 0, 1, 1]])
    assert mask_tokens(tokens, t, MASK).tolist() == [[0, MASK, MASK, 3, MASK, MASK]]
    fixed = torch.tensor([[False, True, False, False, False, False]])
    assert mask_tokens(tokens, t, MASK, fixed=fixed).tolist() == [[0, 1, MASK, 3, MASK, MASK]]
    assert tokens.tolist() == [[0, 1, 2, 3, 4, 5]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": torch.tensor([[1, MASK]])}, r"tokens: expected clean ones, got the mask \(9\) among them"),
        ({"tokens": torch.tensor([1.0, 2])}, r"tokens: expected integers of shape \(B, T\), .*, got torch.float32"),
        ({"tokens": [[1]]}, "tokens: expected a tensor, got list"),
        ({"t": torch.tensor([1.5])}, "t: expected times from 0 to 1"),
        ({"t": torch.tensor([0.5, 0.5])}, r"t: expected times .* got shape \(2,\)"),
        ({"mask_id": None}, "mask_id: expected the id of a mask token in the model's vocabulary, got None"),
        ({"fixed": torch.ones(1, 2, dtype=torch.bool)}, "fixed: expected places that may be hidden, got all 2 fixed"),
    ],
)
def test_what_is_refused(changes, message):
    given = {"tokens": torch.tensor([[1, 2]]), "t": torch.tensor([0.5]), "mask_id": MASK} | changes
    with pytest.raises(ValueError, match=f"^{message}"):
        mask_tokens(**given)


def test_a_rest_beyond_one_is_refused():
    with pytest.raises(ValueError, match="^rest: expected a part from 0 to less than 1, got 1$"):
        log_linear(1)
