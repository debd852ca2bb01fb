"""The straight path between an image and noise, and the velocity along it."""

import torch

from coursekit.diffusion.flow.times import logit_normal_times, uniform_times


def between(x, noise, t):
    """The point of the path at time t.

        x_t = (1 - t) x_0 + t noise

    Args:
        x, noise: (B, ...). t: (B,), 0 .. 1.

    Returns: (B, ...).

    Source: Liu et al. 2022 (rectified flow), equation 1; Esser et al. 2024 (SD3), equation 13.
    Taught in: 06-difusion
    """
    t = t.to(x.dtype).view(-1, *[1] * (x.dim() - 1))  # (B, 1, ...)
    return (1 - t) * x + t * noise


def flow_loss(model, inputs, targets, times=logit_normal_times, dropped=0.0, null=None, beside=None):
    """The mean square of what a model misses of the path's velocity; an objective for `coursekit.train`.

        mean |model(x_t, t, condition) - (noise - x_0)|^2,    noise ~ N(0, I)

    The best answer is the mean velocity of all paths through x_t: E[noise - x_0 | x_t].

    Args:
        model: (x (B, ...), t (B,), condition) -> velocity (B, ...).
        inputs: the condition, (B, ...), passed on to the model.
        targets: the images x_0, (B, ...), floating point, of about unit variance.
        times: shape, device -> times, one for each image.
        dropped: part of the conditions that is replaced by `null`, 0 .. 1, so that guidance has something to leave.
        null: what stands for no condition, broadcasts to one row of inputs.
        beside: images -> what else the model is shown of them, its fourth argument (Fill: a part; Canny: edges); or
            None.

    Returns: scalar.
    Raises: ValueError when images are no floating point numbers, or conditions are dropped without a null condition.

    Source: Liu et al. 2022, equation 1; Esser et al. 2024 (SD3), section 2; Ho and Salimans 2022, algorithm 1.
    Taught in: 06-difusion
    """
    if not targets.is_floating_point():
        raise ValueError(f"targets: expected images of floating point numbers, got {targets.dtype}")
    if not 0 <= dropped <= 1:
        raise ValueError(f"dropped: expected a part from 0 to 1, got {dropped}")
    if dropped:
        if null is None:
            raise ValueError("null: expected a null condition for those that are dropped, got None")
        gone = torch.rand(len(inputs), device=inputs.device) < dropped  # (B,)
        gone = gone.view(-1, *[1] * (inputs.dim() - 1))
        inputs = torch.where(gone, torch.as_tensor(null, dtype=inputs.dtype, device=inputs.device), inputs)
    t, noise = times(targets.shape[:1], device=targets.device), torch.randn_like(targets)  # (B,), (B, ...)
    shown = () if beside is None else (beside(targets),)
    velocity = model(between(targets, noise, t), t, inputs, *shown)
    return (velocity - (noise - targets)).square().mean()


def reflow_loss(model, inputs, targets, condition=None, times=uniform_times):
    """The same loss over pairs that belong together: noise, and the image to which a trained velocity carried it.

        mean |model(x_t, t, condition) - (noise - x_0)|^2,    x_0 = sampler(velocity, noise)

    Such paths do not cross as others do, so that what is learned is straighter, and fewer steps suffice.

    Args:
        model: as in `flow_loss`.
        inputs: the noise, (B, ...). targets: the images made from it, (B, ...).
        condition: passed on to the model.
        times: shape, device -> times.

    Returns: scalar.
    Raises: ValueError when noise and images differ in shape.

    Source: Liu et al. 2022, section 2.2 (reflow).
    Taught in: 06-difusion
    """
    if inputs.shape != targets.shape:
        raise ValueError(f"inputs: expected noise of shape {tuple(targets.shape)}, got {tuple(inputs.shape)}")
    t = times(targets.shape[:1], device=targets.device)  # (B,)
    velocity = model(between(targets, inputs, t), t, condition)
    return (velocity - (inputs - targets)).square().mean()
