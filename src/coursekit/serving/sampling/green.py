"""A watermark: before every token a list of green ones is drawn, which score a little more."""

import hashlib
from math import isfinite

import torch


class GreenList:
    """A step of `Sampling` that marks what is written; who has the key can tell it from other text.

        s_i  ->  s_i + delta  for i in G(previous token),   |G| = gamma V

    G is a pseudo-random part of the vocabulary, drawn anew from the key and the previous token: whoever knows the key
    draws the same lists again and counts how many tokens of a text are green (`detector.z_score`). No model is needed.

    Args:
        vocab_size: V.
        gamma: the green share, between 0 and 1.
        delta: added to green scores, in nats, >= 0; 0 marks nothing.
        key: a whole number >= 0, the secret.

    Raises: ValueError for a number out of its range.

    Source: Kirchenbauer et al. 2023 (A Watermark for Large Language Models), algorithm 2.
    Taught in: 07-despliegue
    """

    def __init__(self, vocab_size, gamma=0.5, delta=2.0, key=0):
        if not 0 < gamma < 1:
            raise ValueError(f"gamma: expected a number between 0 and 1, got {gamma!r}")
        if not (isfinite(delta) and delta >= 0):
            raise ValueError(f"delta: expected a finite number >= 0, got {delta!r}")
        if type(key) is not int or key < 0:
            raise ValueError(f"key: expected a whole number >= 0, got {key!r}")
        self.size = round(gamma * vocab_size)
        if not 0 < self.size < vocab_size:
            raise ValueError(f"gamma: expected some tokens green and some not, got {self.size} of {vocab_size}")
        self.vocab_size, self.gamma, self.delta, self.key = vocab_size, self.size / vocab_size, delta, key

    def green(self, previous):
        """The green tokens after `previous`, (V,) bool."""
        seed = hashlib.sha256(f"{self.key},{previous}".encode()).digest()[:8]
        generator = torch.Generator().manual_seed(int.from_bytes(seed, "big") >> 1)
        listed = torch.zeros(self.vocab_size, dtype=torch.bool)
        listed[torch.randperm(self.vocab_size, generator=generator)[: self.size]] = True
        return listed

    def __call__(self, scores, ids):
        """(B, V), (B, S) with S >= 1 -> (B, V)"""
        lists = torch.stack([self.green(previous) for previous in ids[:, -1].tolist()])  # (B, V)
        return scores + self.delta * lists.to(scores)
