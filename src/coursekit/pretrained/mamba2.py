"""Mamba-2: heads whose decay is one number, and a norm after the gate."""

from functools import partial

from coursekit.decoder import Decoder
from coursekit.pretrained import mamba
from coursekit.pretrained.loading import fill, head_of
from coursekit.ssm.mamba2 import Mamba2

LAYER = {
    "mixer_norm": "norm",
    "mixer.in_proj": "mixer.in_proj",
    "mixer.conv1d": "mixer.conv1d",
    "mixer.norm": "mixer.norm",
    "mixer.out_proj": "mixer.out_proj",
}
VECTORS = ("A_log", "D", "dt_bias")


def load(model):
    """A `Mamba2ForCausalLM` as a `Decoder`.

    Args, Returns, Raises: as in `coursekit.pretrained.from_transformers`.

    Source: Dao & Gu 2024 (Mamba-2), section 7.1.
    Taught in: 03-mamba
    """
    source, config = head_of(model), model.config
    mixer = partial(
        Mamba2,
        channels=config.num_heads * config.head_dim,
        head_size=config.head_dim,
        groups=config.n_groups,
        states=config.state_size,
        conv_width=config.conv_kernel,
        bias=config.use_bias,
        conv_bias=config.use_conv_bias,
        chunk_size=config.chunk_size,
        dt_limit=config.time_step_limit,
    )
    decoder = Decoder(mamba.sizes(config), mixer=mixer, ffn=None)
    return fill(decoder, model, mamba.weights(source, decoder.config, LAYER, VECTORS))
