"""DDPM and DDIM: numbers by hand, diffusers' schedulers step by step, and what the true noise leads back to."""

import pytest
import torch

from coursekit.diffusion.flow.ddim import ddim_step
from coursekit.diffusion.flow.ddpm import add_noise, ddpm_step, noise_loss, signal_left

WHY = "diffusers is not installed: it is in the extra `hf`"


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_schedule_by_hand():
    # beta = 0.1, 0.2, 0.3: 0.9, 0.9 * 0.8 = 0.72, 0.72 * 0.7 = 0.504
    left = signal_left(3, 0.1, 0.3)
    assert left.tolist() == pytest.approx([0.9, 0.72, 0.504], abs=1e-12)
    x = add_noise(torch.tensor([[10.0]]), torch.tensor([[1.0]]), torch.tensor([0.36]))
    assert x.item() == pytest.approx(0.6 * 10 + 0.8, abs=1e-6)


def test_the_schedule_is_that_of_diffusers():
    diffusers = pytest.importorskip("diffusers", reason=WHY)
    scheduler = diffusers.DDPMScheduler()
    torch.testing.assert_close(signal_left().float(), scheduler.alphas_cumprod, rtol=0, atol=1e-6)
    x, noise, n = randn(3, 2).float(), randn(3, 2, seed=1).float(), torch.tensor([0, 400, 999])
    torch.testing.assert_close(
        add_noise(x, noise, signal_left()[n]), scheduler.add_noise(x, noise, n), rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("n", [0, 1, 500, 999])
def test_a_step_back_is_that_of_diffusers(n):
    diffusers = pytest.importorskip("diffusers", reason=WHY)
    scheduler = diffusers.DDPMScheduler(clip_sample=False)
    x, predicted = randn(4, 3).float(), randn(4, 3, seed=1).float()
    theirs = scheduler.step(predicted, n, x, generator=torch.Generator().manual_seed(2)).prev_sample
    ours = ddpm_step(x, predicted, n, signal_left(), torch.Generator().manual_seed(2))
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 4, 50])
def test_ddim_is_that_of_diffusers_step_by_step(steps):
    diffusers = pytest.importorskip("diffusers", reason=WHY)
    scheduler = diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=True)
    scheduler.set_timesteps(steps)
    left, x = signal_left(), randn(4, 3).float()
    theirs, places = x, scheduler.timesteps.tolist()
    for n, before in zip(places, [*places[1:], None]):
        predicted = torch.tanh(theirs)
        x = ddim_step(x, torch.tanh(x), left[n].item(), 1.0 if before is None else left[before].item())
        theirs = scheduler.step(predicted, n, theirs).prev_sample
        torch.testing.assert_close(x, theirs, rtol=1e-4, atol=1e-4)


def test_the_true_noise_leads_back_in_any_number_of_steps():
    left, x, noise = signal_left(), randn(5, 3), randn(5, 3, seed=1)
    for places in ([999], [999, 500], [999, 700, 400, 10]):
        y = add_noise(x, noise, left[places[0]].expand(5))
        for n, before in zip(places, [*places[1:], None]):
            y = ddim_step(y, noise, left[n].item(), 1.0 if before is None else left[before].item())
        torch.testing.assert_close(y, x, rtol=0, atol=1e-9)


def test_random_steps_have_the_variance_of_theory():
    # data N(0, 1), so x_n ~ N(0, 1) at every n, and the best guess of the noise is sqrt(1 - alpha_bar) x: the mean of a
    # step is sqrt(1 - beta) x, and v <- (1 - beta) v + beta (1 - alpha_bar_(n-1)) / (1 - alpha_bar_n)
    left, x, expected = signal_left(50, 0.01, 0.3), randn(40_000, 1), 1.0
    generator = torch.Generator().manual_seed(3)
    for n in reversed(range(50)):
        x = ddpm_step(x, (1 - left[n]).sqrt() * x, n, left, generator)
        now, before = left[n].item(), left[n - 1].item() if n else 1.0
        beta = 1 - now / before
        expected = (1 - beta) * expected + beta * (1 - before) / (1 - now)
    # the standard error of a variance: v sqrt(2 / 40000)
    assert x.var().item() == pytest.approx(expected, rel=4 * (2 / 40_000) ** 0.5)
    assert expected < 0.99  # the lower of the two variances of section 3.2: right for one point, not for these data


def test_the_loss_by_hand_and_its_steps():
    # a model that answers 0 misses the noise whole: the mean of e^2 is 1, its standard deviation sqrt(2)
    torch.manual_seed(0)
    seen = []
    loss = noise_loss(lambda x, n, c: seen.append((n, c)) or torch.zeros_like(x), "word", torch.zeros(20_000, 1))
    assert loss.item() == pytest.approx(1, abs=4 * 2**0.5 / 20_000**0.5)
    n, condition = seen[0]
    assert condition == "word"
    assert (n.min().item(), n.max().item()) == (0, 999)


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"^expected steps >= 1 and 0 < first <= last < 1, got 0, 0.0001 and 0.02$"):
        signal_left(0)
    with pytest.raises(ValueError, match=r"^expected 0 < now < before <= 1, got 0.5 and 0.4$"):
        ddim_step(torch.zeros(1), torch.zeros(1), 0.5, 0.4)
