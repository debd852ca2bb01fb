"""From noise to data, along the velocity. Euler's error falls as 1 / steps, Heun's as its square."""

import torch


@torch.no_grad()
def euler(velocity, x, times, watch=None):
    """Straight steps: the velocity at the beginning of each step holds for all of it.

        x <- x + (s - t) velocity(x, t),   s the time after t

    Args:
        velocity: (x (B, ...), t (B,)) -> (B, ...).
        x: noise, (B, ...).
        times: falling, as from `flow_times`; one call of the velocity for each but the last.
        watch: called with x before the first step and after each, or None.

    Returns: (B, ...).
    Raises: ValueError when there are not two times at least, falling.

    Source: Liu et al. 2022, section 2.1; Esser et al. 2024 (SD3), section 2.
    Taught in: 06-difusion
    """
    return _follow(_euler_step, velocity, x, times, watch)


@torch.no_grad()
def heun(velocity, x, times, watch=None):
    """The mean of the velocity at both ends of the step: twice the calls, an order more.

        y = x + (s - t) velocity(x, t);   x <- x + (s - t) (velocity(x, t) + velocity(y, s)) / 2

    Args, Returns, Raises: as in `euler`, but two calls a step.

    Source: Karras et al. 2022 (EDM), algorithm 1.
    Taught in: 06-difusion
    """
    return _follow(_heun_step, velocity, x, times, watch)


def _euler_step(velocity, x, t, s):
    return x + (s - t) * velocity(x, t.expand(len(x)))


def _heun_step(velocity, x, t, s):
    first = velocity(x, t.expand(len(x)))
    second = velocity(x + (s - t) * first, s.expand(len(x)))
    return x + (s - t) * (first + second) / 2


def _follow(step, velocity, x, times, watch):
    times = torch.as_tensor(times, device=x.device).to(x.dtype)
    if times.dim() != 1 or len(times) < 2 or not (times[1:] < times[:-1]).all():
        raise ValueError(f"times: expected at least two, falling, got {times.tolist()}")
    shown = watch or (lambda x: None)
    shown(x)
    for t, s in zip(times, times[1:]):
        x = step(velocity, x, t, s)
        shown(x)
    return x
