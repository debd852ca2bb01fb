"""Rotations: a layer computes the same in turned coordinates, in which no number sticks out."""

import torch

from coursekit.layers.norms import RMSNorm
from coursekit.quant.outliers.hadamard import hadamard


def random_rotation(size, seed=0):
    """A Hadamard matrix whose rows change sign at random, over its root.

        R = diag(signs) H / sqrt(size),    R R^T = I

    Args:
        size: as in `hadamard`.
        seed: of the signs.

    Returns: (size, size) float32.
    Raises: ValueError as there.

    Source: Ashkboos et al. 2024 (QuaRot).
    Taught in: 05-cuantizacion
    """
    matrix = hadamard(size)
    signs = 2.0 * torch.randint(2, (size, 1), generator=torch.Generator().manual_seed(seed)) - 1
    return signs * matrix / size**0.5


@torch.no_grad()
def rotate_stream(decoder, rotation):
    """Turn the residual stream of a decoder, in place: its logits stay as they are.

        1. each norm's weight moves into the layers that read it:    W <- W diag(weight), weight <- 1
        2. what writes to the stream is turned:                      W <- R^T W;  embedding <- embedding R
        3. what reads it is turned back:                             W <- W R

    An RMSNorm without weight divides by a length, which no rotation changes. Where output layer and embedding are
    one matrix they become two, since only one of them takes the last norm's weight.

    Args:
        decoder: a `Decoder` of `Attention` and a gated `FeedForward`, with RMSNorm (Llama's family).
        rotation: (C, C), orthogonal.

    Returns: the decoder.
    Raises: ValueError for another norm, or a rotation of another size.

    Source: Ashkboos et al. 2024 (QuaRot), after SliceGPT's computational invariance.
    Taught in: 05-cuantizacion
    """
    width = decoder.config.width
    if rotation.shape != (width, width):
        raise ValueError(f"rotation: expected ({width}, {width}), got {tuple(rotation.shape)}")
    norms = [decoder.norm, *(norm for block in decoder.blocks for norm in (block.mixer_norm, block.ffn_norm))]
    if any(type(norm) is not RMSNorm for norm in norms):
        raise ValueError(f"decoder: expected RMSNorm everywhere, got {sorted({type(norm).__name__ for norm in norms})}")
    if decoder.head.weight is decoder.embedding.tokens.weight:
        decoder.head.weight = torch.nn.Parameter(decoder.head.weight.clone())
    rotation = rotation.to(decoder.head.weight)
    decoder.embedding.tokens.weight.copy_(decoder.embedding.tokens.weight @ rotation)
    for block in decoder.blocks:
        mixer, ffn = block.mixer, block.ffn
        _read(block.mixer_norm, (mixer.query, mixer.key, mixer.value), rotation)
        _read(block.ffn_norm, (ffn.gate, ffn.up), rotation)
        for output in (mixer.output, ffn.output):
            output.weight.copy_(rotation.T @ output.weight)
            if output.bias is not None:
                output.bias.copy_(output.bias @ rotation)
    _read(decoder.norm, (decoder.head,), rotation)
    return decoder


def _read(norm, linears, rotation):
    for linear in linears:
        linear.weight.copy_((linear.weight * norm.weight) @ rotation)
    norm.weight.fill_(1)
