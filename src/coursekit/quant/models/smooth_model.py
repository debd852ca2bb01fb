"""SmoothQuant for a whole decoder."""

from coursekit.quant.models.collect import collect, linear_layers
from coursekit.quant.outliers.smooth import smooth


def smooth_model(decoder, calibration, alpha=0.5):
    """Move the size of the largest input channels into the weights, behind both norms of each block, in place.

    Its logits stay as they are. What follows no norm (the output projections) is left alone, as in the paper.

    Args:
        decoder: a `Decoder` of `Attention` and a gated `FeedForward`, with a norm before each (Llama's family).
        calibration: batches of tokens (B, T).
        alpha: as in `smoothing_scale`.

    Returns: {name of the norm: scale (C,)}.
    Raises: ValueError as `collect` and `smoothing_scale`.

    Source: Xiao et al. 2022 (SmoothQuant), section 4.
    Taught in: 05-cuantizacion
    """
    seen, scales = collect(decoder, linear_layers(decoder), calibration), {}
    for i, block in enumerate(decoder.blocks):
        mixer, ffn = block.mixer, block.ffn
        largest = seen[f"blocks.{i}.mixer.query"].largest
        linears = mixer.query, mixer.key, mixer.value
        scales[f"blocks.{i}.mixer_norm"] = smooth(block.mixer_norm, linears, largest, alpha)
        largest = seen[f"blocks.{i}.ffn.gate"].largest
        scales[f"blocks.{i}.ffn_norm"] = smooth(block.ffn_norm, (ffn.gate, ffn.up), largest, alpha)
    return scales
