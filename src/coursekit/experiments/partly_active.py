"""What does a published dense model lose when each token uses a part of each feed-forward only?"""

import torch

from coursekit.moe.active_neurons import active_neurons, at_random, strongest
from coursekit.scoring.text import token_bits


def bits_per_byte(model, rows, lengths):
    """Bits that a model needs for each byte of each row.

    Args:
        model: a `Decoder`.
        rows: (B, T) tokens.
        lengths: bytes of each row, its first token apart.

    Returns: list of B numbers.
    Taught in: 04-moe
    """
    return [bits.sum().item() / length for bits, length in zip(token_bits(model, rows), lengths)]


def partly_active(model, rows, lengths, parts=(0.5, 0.25, 0.125), experts=(8, 64), seed=0):
    """Bits a byte with all neurons, and with a part: the strongest, those of whole experts, or drawn at random.

    The experts are blocks of neighbouring neurons, as many as `experts` says; a block's strength is its neurons' sum.

    Args:
        model: a `Decoder` of feed-forwards with gates.
        rows, lengths: as of `bits_per_byte`.
        parts: of the neurons that a token uses.
        experts: into how many blocks.
        seed: of the draws.

    Returns: {"whole": [one a row], "strongest" | "drawn" | "experts-8"...: {part as text: [one a row]}}.
    Source: Zhang et al. 2021 (MoEfication), abstract.
    Taught in: 04-moe
    """
    ffns = [block.ffn for block in model.blocks]
    neurons = ffns[0].output.weight.shape[1]
    generator = torch.Generator().manual_seed(seed)
    arms = {"strongest": (strongest, 1), "drawn": (at_random(generator), 1)}
    arms |= {f"experts-{count}": (strongest, neurons // count) for count in experts}
    found = {"whole": bits_per_byte(model, rows, lengths)}
    for name, (choose, block) in arms.items():
        found[name] = {}
        for part in parts:
            with active_neurons(ffns, part, choose, block):
                found[name][f"1/{round(1 / part)}"] = bits_per_byte(model, rows, lengths)
    return found
