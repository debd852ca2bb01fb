"""Images from noise: a velocity is learned, and followed.

    straight.py     the straight path from image to noise, the loss of its velocity, and that of reflow
    times.py        times for training; the steps of a sampler, and their shift with the resolution
    samplers.py     following the velocity: Euler, Heun
    guidance.py     with the condition, and away from none
    mixture.py      data whose velocity is known in closed form

The older way, for comparison, with the noise as the answer:

    ddpm.py         the noise schedule, its loss, the random step back
    ddim.py         the same model without chance, in fewer steps

Dimensions: B batch; x (B, ...) of any further shape; t (B,), 0 = data, 1 = noise (FLUX.1 and SD3; in Liu et al. and in
Lipman et al. it runs the other way). A velocity is called as `velocity(x, t)`; a model as `model(x, t, condition)`.
"""

from coursekit.diffusion.flow.guidance import guided
from coursekit.diffusion.flow.samplers import euler, heun
from coursekit.diffusion.flow.straight import flow_loss
from coursekit.diffusion.flow.times import flow_times, flux_shift

__all__ = ["euler", "flow_loss", "flow_times", "flux_shift", "guided", "heun"]
