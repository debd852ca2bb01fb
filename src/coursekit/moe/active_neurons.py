"""A dense feed-forward of which each token uses a part: who chooses it knows what nobody knows before the work."""

from contextlib import contextmanager

import torch


def strongest(h, columns, keep, block=1):
    """The blocks of neurons that write most, token by token.

        size_i = |h_i| ||W_out's column i||,   a block's: the sum of its neurons'

    Args:
        h: (..., F): what the neurons say.
        columns: (F,): norms of what each writes.
        keep: neurons a token, a multiple of block.
        block: neurons that go together; F is a multiple of it.

    Returns: (..., F), bool: `keep` of each row.
    Taught in: 04-moe
    """
    return _kept((h.abs() * columns).unflatten(-1, (-1, block)).sum(-1), keep, block)


def at_random(generator):
    """A choice that looks at nothing: the control of `strongest`.

    Args:
        generator: of torch; on the CPU.

    Returns: a function with the arguments of `strongest`.
    Taught in: 04-moe
    """

    def choose(h, columns, keep, block=1):
        shape = *h.shape[:-1], h.shape[-1] // block
        return _kept(torch.rand(shape, generator=generator).to(h.device), keep, block)

    return choose


@contextmanager
def active_neurons(ffns, part, choose=strongest, block=1):
    """In these feed-forwards, all but a part of the neurons of each token are silent meanwhile.

        y = W_out (h * chosen),   h = SiLU(x W_gate) * (x W_up)

    It saves nothing: all are computed, and then some are left out. It tells what a perfect router would lose.

    Args:
        ffns: `FeedForward`s.
        part: of the neurons, above 0, at most 1; in whole blocks, to the nearest.
        choose: as `strongest`.
        block: as there.

    Raises: ValueError when the part is out of its range, or F is no multiple of block.

    Source: Zhang et al. 2021 (MoEfication), abstract (feed-forwards as mixtures of their neurons).
    Taught in: 04-moe
    """
    if not 0 < part <= 1:
        raise ValueError(f"part: expected above 0 and at most 1, got {part}")
    handles = []
    for ffn in ffns:
        F = ffn.output.weight.shape[1]
        if F % block:
            raise ValueError(f"block: expected a divisor of {F} neurons, got {block}")
        columns, keep = ffn.output.weight.detach().norm(dim=0), max(1, round(part * F / block)) * block

        def silence(output, inputs, columns=columns, keep=keep):
            return (inputs[0] * choose(inputs[0], columns, keep, block),)

        handles.append(ffn.output.register_forward_pre_hook(silence))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _kept(sizes, keep, block):
    best = sizes.topk(keep // block, dim=-1).indices
    return torch.zeros_like(sizes, dtype=torch.bool).scatter(-1, best, True).repeat_interleave(block, dim=-1)
