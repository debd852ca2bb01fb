"""Rectified flow: the path and its loss by hand, samplers on a velocity in closed form, and diffusers' scheduler."""

from functools import partial
from math import log

import pytest
import torch

from coursekit.diffusion.flow import euler, flow_loss, flow_times, flux_shift, guided, heun
from coursekit.diffusion.flow.mixture import mixture_velocity
from coursekit.diffusion.flow.straight import between, reflow_loss
from coursekit.diffusion.flow.times import logit_normal_times, shifted, uniform_times

MEANS = torch.tensor([[-1.5, 0.5], [1.0, 1.0], [0.5, -1.0]], dtype=torch.float64)


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_path_by_hand():
    x, noise = torch.tensor([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]), torch.tensor([[5.0, -2.0]]).expand(3, 2)
    assert between(x, noise, torch.tensor([0.0, 0.25, 1.0])).tolist() == [[1, 2], [2, 1], [5, -2]]


def test_the_loss_by_hand():
    # a model that answers 0 misses noise - x_0 whole; x_0 = 3: the mean of (e - 3)^2 is 1 + 9
    torch.manual_seed(0)
    targets = torch.full((20_000, 1), 3.0)
    loss = flow_loss(lambda x, t, condition: torch.zeros_like(x), torch.zeros(20_000), targets)
    # standard deviation of (e - 3)^2: sqrt(2 + 4 * 9) = 6.2
    assert loss.item() == pytest.approx(10, abs=4 * 6.2 / 20_000**0.5)


def test_the_loss_is_smallest_for_the_mean_velocity():
    torch.manual_seed(0)
    rows = MEANS[torch.randint(3, (20_000,))] + 0.3 * torch.randn(20_000, 2, dtype=torch.float64)
    best = mixture_velocity(MEANS, 0.3)

    def loss(model):
        torch.manual_seed(1)
        return flow_loss(lambda x, t, _: model(x, t.double()), torch.zeros(len(rows)), rows).item()

    losses = [loss(lambda x, t, c=c: best(x, t) * c) for c in (0.9, 1.0, 1.1)]
    assert losses[1] < min(losses[0], losses[2])


def test_dropped_conditions_are_the_null_one():
    seen = []

    def model(x, t, condition):
        seen.append(condition)
        return x

    torch.manual_seed(0)
    conditions = torch.arange(1, 10_001).view(-1, 1).expand(-1, 2)
    flow_loss(model, conditions, torch.zeros(10_000, 3), dropped=0.2, null=0)
    gone = (seen[0] == 0).all(1)
    assert gone.double().mean().item() == pytest.approx(0.2, abs=4 * 0.4 / 100)
    assert seen[0][~gone].equal(conditions[~gone])


def test_a_condition_of_several_numbers_is_dropped_as_a_whole_for_a_null_row():
    seen = []
    torch.manual_seed(0)
    null = torch.tensor([7.0, 8.0])
    flow_loss(lambda x, t, c: seen.append(c) or x, torch.ones(50, 2), torch.zeros(50, 3), dropped=0.5, null=null)
    assert {tuple(row) for row in seen[0].tolist()} == {(1.0, 1.0), (7.0, 8.0)}


def test_what_stands_beside_is_made_of_the_images():
    seen, images = [], torch.arange(6.0).view(3, 2)
    model = lambda x, t, condition, *beside: seen.append(beside) or x  # noqa: E731
    flow_loss(model, torch.zeros(3), images, beside=lambda x: -x)
    flow_loss(model, torch.zeros(3), images)
    assert seen[0][0].equal(-images)
    assert seen[1] == ()


def test_reflow_by_hand():
    # x_0 = 2, noise = 6: the path's velocity is 4 at every time; a model that answers 1 misses 3
    seen = []

    def model(x, t, condition):
        seen.append((x, t, condition))
        return torch.ones_like(x)

    loss = reflow_loss(model, torch.full((5, 1), 6.0), torch.full((5, 1), 2.0), "word")
    assert loss.item() == 9
    x, t, condition = seen[0]
    torch.testing.assert_close(x[:, 0], 2 + 4 * t)
    assert condition == "word"


def test_the_best_of_reflow_is_straight():
    # paths of the mixture, 64 of Heun's steps: the noise and where it ends; straight lines between them
    velocity, noise = mixture_velocity(MEANS, 0.4), randn(400, 2)
    images = heun(velocity, noise, flow_times(64))
    torch.manual_seed(0)
    exact = reflow_loss(lambda x, t, _: noise - images, noise, images).item()
    torch.manual_seed(0)
    first = reflow_loss(lambda x, t, _: velocity(x, t.double()), noise, images).item()
    assert exact == 0
    assert first > 0.1  # the velocity of crossing paths is not that of the straight lines


def test_times_for_training():
    generator = torch.Generator().manual_seed(0)
    t = logit_normal_times((20_000,), generator)
    # P(t < sigmoid(-1)) = P(u < -1) = 0.1587 for a normal u
    assert (t < 1 / (1 + torch.tensor(1.0).exp())).double().mean().item() == pytest.approx(0.1587, abs=0.0104)
    assert uniform_times((20_000,), generator).mean().item() == pytest.approx(0.5, abs=0.0082)


def test_one_point_is_reached_in_one_step_by_either():
    # one point without spread: the velocity is (x - m) / t, the paths are straight, and any step is exact
    velocity, x = mixture_velocity(MEANS[:1], 0.0), randn(4, 2)
    times = torch.tensor([1.0, 0.4, 0.1])
    expected = between(MEANS[:1].expand(4, 2), x, torch.full((4,), 0.1))
    for sampler in (euler, heun):
        torch.testing.assert_close(sampler(velocity, x, times), expected, rtol=0, atol=1e-6)
    torch.testing.assert_close(euler(velocity, x, flow_times(1)), MEANS[:1].expand(4, 2), rtol=0, atol=1e-12)


def test_one_gaussian_by_hand():
    # x_0 ~ N(0, s^2): x_t keeps its place among all, x_t = x_1 sqrt((1 - t)^2 s^2 + t^2); at t = 0: s x_1
    velocity, x = mixture_velocity(torch.zeros(1, 2, dtype=torch.float64), 0.5), randn(5, 2)
    torch.testing.assert_close(heun(velocity, x, flow_times(2000)), 0.5 * x, rtol=0, atol=1e-6)


def test_the_mixture_s_velocity_is_the_mean_over_its_paths():
    # a brute-force mean over many pairs (x_0, noise) with weights P(x | x_0): x = (1 - t) x_0 + t noise
    velocity, t, x = mixture_velocity(MEANS, 0.4, torch.tensor([0.2, 0.5, 0.3]).double()), 0.6, randn(3, 2)
    generator = torch.Generator().manual_seed(0)
    kind = torch.multinomial(torch.tensor([0.2, 0.5, 0.3]), 400_000, True, generator=generator)
    clean = MEANS[kind] + 0.4 * randn(400_000, 2)
    for row, found in zip(x, velocity(x, torch.full((3,), t, dtype=torch.float64))):
        noise = (row - (1 - t) * clean) / t
        weights = (-(noise**2).sum(1) / 2).exp()
        mean = (weights[:, None] * (noise - clean)).sum(0) / weights.sum()
        torch.testing.assert_close(found, mean, rtol=0, atol=0.02)


@pytest.mark.parametrize(("sampler", "order"), [(euler, 1), (heun, 2)])
def test_the_error_falls_with_the_order_of_the_sampler(sampler, order):
    velocity, x = mixture_velocity(MEANS, 0.4), randn(50, 2)
    exact = heun(velocity, x, flow_times(4096))
    errors = [(sampler(velocity, x, flow_times(steps)) - exact).norm().item() for steps in (64, 128, 256)]
    slopes = [log(a / b) / log(2) for a, b in zip(errors, errors[1:])]
    assert slopes == pytest.approx([order] * 2, abs=0.2)


def test_one_step_gives_the_mean_of_the_data():
    # at t = 1 nothing is known: E[noise - x_0 | noise] = noise - mean, so that one step ends in the mean
    velocity, x = mixture_velocity(MEANS, 0.4), randn(6, 2)
    torch.testing.assert_close(euler(velocity, x, flow_times(1)), MEANS.mean(0).expand(6, 2), rtol=0, atol=1e-12)


def test_what_is_watched():
    seen = []
    euler(lambda x, t: torch.ones_like(x), torch.zeros(1, 1), [1.0, 0.5, 0.0], lambda x: seen.append(x.item()))
    assert seen == [0, -0.5, -1.0]


def test_the_shift_by_hand_and_flux_s_table():
    # a = e^mu = 2: 2 * 0.5 / (1 + 0.5) = 2/3
    assert shifted(torch.tensor(0.5, dtype=torch.float64), log(2)).item() == pytest.approx(2 / 3, abs=1e-12)
    assert [flux_shift(tokens) for tokens in (256, 4096)] == pytest.approx([0.5, 1.15], abs=1e-12)
    half = torch.tensor(0.5, dtype=torch.float64)
    table = [shifted(half, flux_shift(tokens)).item() for tokens in (256, 1024, 4096)]
    assert table == pytest.approx([0.6225, 0.6525, 0.7595], abs=5e-5)
    assert flow_times(4).tolist() == [1, 0.75, 0.5, 0.25, 0]
    times = flow_times(7, 0.9)
    assert times[[0, -1]].tolist() == [1, 0]
    assert (times[1:] < times[:-1]).all()
    assert (times[1:-1] > flow_times(7)[1:-1]).all()


@pytest.mark.parametrize("mu", [None, 0.5, 1.15, flux_shift(1024)])
@pytest.mark.parametrize("steps", [1, 4, 9])
def test_steps_equal_those_of_diffusers(mu, steps):
    diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed: it is in the extra `hf`")
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=mu is not None)
    sigmas = torch.linspace(1, 1 / steps, steps).tolist()
    scheduler.set_timesteps(sigmas=sigmas, mu=mu)
    times = flow_times(steps, mu or 0.0)
    torch.testing.assert_close(scheduler.sigmas, times.float(), rtol=0, atol=1e-6)
    torch.testing.assert_close(scheduler.timesteps / 1000, times[:-1].float(), rtol=0, atol=1e-6)
    velocity, x, seen = mixture_velocity(MEANS.float(), 0.4), randn(5, 2).float(), []
    euler(velocity, x, times, seen.append)
    for i, t in enumerate(scheduler.timesteps):
        torch.testing.assert_close(seen[i], x, rtol=0, atol=2e-6)
        x = scheduler.step(velocity(x, (t / 1000).expand(5)), t, x).prev_sample
    torch.testing.assert_close(seen[-1], x, rtol=0, atol=2e-6)


def test_noise_is_added_as_diffusers_does():
    diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed: it is in the extra `hf`")
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    x, noise, t = randn(3, 2).float(), randn(3, 2, seed=1).float(), scheduler.timesteps[[10, 500, 900]]
    expected = scheduler.scale_noise(x, t, noise)
    torch.testing.assert_close(between(x, noise, t / 1000), expected, rtol=0, atol=1e-6)


def test_guidance_by_hand_and_in_one_call():
    calls = []

    def model(x, t, condition):
        calls.append(len(x))
        return condition * torch.ones_like(x)

    x, t, condition = torch.zeros(2, 3), torch.ones(2), torch.tensor([[4.0], [5.0]])
    # null 1: 1 + 3 (4 - 1) = 10, 1 + 3 (5 - 1) = 13
    assert guided(model, condition, torch.tensor([1.0]), 3)(x, t)[:, 0].tolist() == [10, 13]
    assert guided(model, condition, 1.0, 0)(x, t)[:, 0].tolist() == [1, 1]
    assert guided(model, condition, None, 1)(x, t)[:, 0].tolist() == [4, 5]
    assert calls == [4, 4, 2]


ZERO = torch.zeros(2, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            partial(guided, None, ZERO, None, 2.0),
            r"null: expected a null condition for guidance \(scale 2.0\), got None",
        ),
        (partial(guided, None, ZERO, 0, -1), "scale: expected a number >= 0, got -1"),
        (partial(flow_times, 0), "steps: expected a whole number >= 1, got 0"),
        (partial(flux_shift, 0), "tokens: expected at least 1, got 0"),
        (partial(euler, None, ZERO, [1.0]), r"times: expected at least two, falling, got \[1.0\]"),
        (partial(heun, None, ZERO, [0.0, 1.0]), r"times: expected at least two, falling, got \[0.0, 1.0\]"),
        (partial(mixture_velocity, MEANS, -1.0), "expected a spread >= 0 and 3 weights > 0, got -1.0"),
        (
            partial(flow_loss, None, ZERO, ZERO, dropped=0.1),
            "null: expected a null condition for those that are dropped",
        ),
        (partial(reflow_loss, None, ZERO, ZERO[:1]), r"inputs: expected noise of shape \(1, 1\), got \(2, 1\)"),
        (partial(flow_loss, None, ZERO, ZERO, dropped=2), "dropped: expected a part from 0 to 1, got 2"),
        (
            partial(flow_loss, None, ZERO, ZERO.long()),
            "targets: expected images of floating point numbers, got torch.int",
        ),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
