"""What a language model has learned: does it prefer the form that agrees?"""

import torch


@torch.no_grad()
def agreement_accuracy(model, pairs, corpus, batch=64):
    """The part of `pairs` in which a model scores the right form above every wrong one.

        1/N sum [ q(right | prefix) > max over w of q(w | prefix) ]

    Args:
        model: ids (B, T) -> logits (B, T, V).
        pairs: list of (prefix, right, wrong forms), tokens, as `corpus.agreement_pairs` yields them.
        corpus: has encode(tokens) -> ids and END, which stands before each prefix.
        batch: prefixes at a time.

    Returns: 0 .. 1; with two forms a coin would reach 0.5.
    Raises: ValueError without pairs.

    Source: Linzen et al. 2016, section 3 (agreement with attractors as a probe).
    Taught in: 02-transformer
    """
    if not pairs:
        raise ValueError("pairs: expected at least one, got none")
    hits = 0
    for first in range(0, len(pairs), batch):
        chosen = pairs[first : first + batch]
        rows = [corpus.encode([corpus.END, *prefix]) for prefix, _, _ in chosen]
        width = max(map(len, rows))
        inputs = torch.tensor([row + row[:1] * (width - len(row)) for row in rows])  # (B, T), padded on the right
        logits = model(inputs.to(next(model.parameters()).device)).cpu()  # (B, T, V)
        for row, scores, (_, right, wrong) in zip(rows, logits, chosen):
            last = scores[len(row) - 1]
            hits += bool((last[corpus.encode(wrong)] < last[corpus.encode([right])]).all())
    return hits / len(pairs)
