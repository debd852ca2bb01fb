"""Recall with a state of fixed size, solved by hand: what more states buy, without any training."""

import torch
from torch.nn.functional import normalize, one_hot

from coursekit.ssm.scan.backend import selective_scan


def recall_accuracy(states, symbols, pairs, trials, seed=0, one_bit=False):
    """The part of the values that a selective scan with hand-set B and C gives back when asked for each key.

        h = sum_m value_m key_m^T,    answer_m = argmax h key_m

    A = 0 and a step of 1: the state adds up what is written, nothing fades. Keys are random directions of N numbers,
    so that with few states they overlap, and one value is heard through another; N orthogonal keys would not.

    Args:
        states: N; the state has V x N numbers.
        symbols: V, different values.
        pairs: M, keys with their values, all asked.
        trials: texts; each has its own keys and values, drawn uniformly.
        seed: of the texts.
        one_bit: keep only whether each number is above 0, after the last token: a state of V x N bits.

    Returns: 0 .. 1.

    Source: the outer-product memory of Kohonen 1972, as Schlag et al. 2021, section 2, read linear attention; the bound
        for any state is `coursekit.ssm.counting.recall_bound`.
    Taught in: 03-mamba
    """
    generator = torch.Generator().manual_seed(seed)
    keys = normalize(torch.randn(trials, states, pairs, generator=generator), dim=1)  # (B, N, M)
    values = torch.randint(symbols, (trials, pairs), generator=generator)  # (B, M)
    written = one_hot(values, symbols).mT.float() - 1 / symbols  # (B, V, M); its mean is 0
    no_decay = written.new_zeros(symbols, states)
    _, memory = selective_scan(written, torch.ones_like(written), no_decay, keys, keys, return_last_state=True)
    if one_bit:
        memory = _one_bit(memory)  # (B, V, N)
    answers = (memory @ keys).argmax(1)  # (B, V, M) -> (B, M)
    return (answers == values).float().mean().item()


def _one_bit(numbers):
    return (numbers > 0).to(numbers.dtype) * 2 - 1
