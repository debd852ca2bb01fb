"""Falcon Mamba: Mamba with steps, B and C normalised."""

from functools import partial

from coursekit.decoder import Decoder
from coursekit.pretrained import mamba
from coursekit.pretrained.loading import fill, head_of
from coursekit.ssm.normed_parts import normed_parts

LAYER = {ours: theirs for ours, theirs in mamba.LAYER.items() if ours != "mixer.x_proj"} | {
    "mixer.x_proj.projection": "mixer.x_proj"
}


def load(model):
    """A `FalconMambaForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Zuo et al. 2024 (Falcon Mamba), the section on the architecture.
    Taught in: 03-mamba
    """
    source, config = head_of(model), model.config
    mixer = partial(normed_parts, mixer=mamba.mixer(config), eps=config.mixer_rms_eps)
    decoder = Decoder(mamba.sizes(config), mixer=mixer, ffn=None)
    return fill(decoder, model, mamba.weights(source, decoder.config, LAYER, mamba.VECTORS))
