"""How far a model stands above the floor that no model can pass."""

from dataclasses import dataclass
from math import log, sqrt

import torch

from coursekit.packing import IGNORED, to_batch


@dataclass(frozen=True)
class Excess:
    """Excess bits a token over the source's own entropy: mean, its standard error, tokens scored."""

    mean: float
    standard_error: float
    tokens: int


def excess_bits(model, stories, corpus, batch=64):
    """Score a model against the source that wrote the stories.

        sum_s (log2 p(s) - log2 q(s)) / sum_s |s|        p the source, q the model, END counted

    Its expectation is the divergence KL(p || q) a token, never negative. p and q are compared on the same
    stories, so that the luck of the draw cancels. Each story stands alone in its row, after END.

    Args:
        model: a module; call on ids (B, T) -> logits (B, T, V). Put into evaluation mode meanwhile.
        stories: list of lists of tokens, each closed by END; at least two.
        corpus: has encode(tokens) -> ids and log2_probability(tokens) -> bits (negative).
        batch: stories at a time.

    Returns: an `Excess`, in bits a token.
    Raises: ValueError with fewer than two stories, or one to which the source gives no probability.

    Source: Cover and Thomas 2006, theorem 5.4.3 (the price of the wrong code).
    Taught in: 01-historia
    """
    log2_p = [corpus.log2_probability(story) for story in stories]
    log2_q = story_log2_probabilities(model, stories, corpus, batch)
    return paired_excess(log2_p, log2_q, [len(story) for story in stories])


def paired_excess(log2_p, log2_q, lengths):
    """The mean excess a token and its standard error, for any two scorers of the same stories.

        r = sum d / sum n        SE = sqrt(N / (N - 1) * sum (d - r n)^2) / sum n
        d = log2 p - log2 q of a story, n its tokens, N stories

    Args:
        log2_p, log2_q: of each story under the source and under the model, bits (negative).
        lengths: tokens of each story.

    Returns: an `Excess`.
    Raises: ValueError with fewer than two stories, or a log2_p that is not finite.

    Source: Cochran 1977, section 6.3 (ratio estimator).
    Taught in: 01-historia
    """
    stories, tokens = len(lengths), sum(lengths)
    if stories < 2:
        raise ValueError(f"expected at least 2 stories for a standard error, got {stories}")
    if not all(abs(p) < float("inf") for p in log2_p):
        raise ValueError("expected stories that the source can write, got one of probability 0")
    excess = [p - q for p, q in zip(log2_p, log2_q)]
    mean = sum(excess) / tokens
    squares = sum((d - mean * n) ** 2 for d, n in zip(excess, lengths))
    return Excess(mean, sqrt(stories / (stories - 1) * squares) / tokens, tokens)


@torch.no_grad()
def story_log2_probabilities(model, stories, corpus, batch=64):
    """log2 q(story | END) of each story, in their order.

        sum_t log2 softmax(logits_t)[story_t]

    Args, as in `excess_bits`. Returns: list of bits (negative). Similar lengths share a batch.
    Taught in: 01-historia
    """
    was_training = model.training
    model.eval()
    device = next((parameter.device for parameter in model.parameters()), None)
    order = sorted(range(len(stories)), key=lambda i: len(stories[i]))
    scores = [0.0] * len(stories)
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        rows = [corpus.encode(stories[i]) for i in chosen]
        inputs, targets = to_batch(rows, max(map(len, rows)))  # (B, T) twice
        log_q = model(inputs.to(device)).cpu().double().log_softmax(-1)  # (B, T, V), nats
        picked = log_q.gather(-1, targets.clamp(min=0)[..., None])[..., 0]  # (B, T)
        for i, total in zip(chosen, picked.masked_fill(targets == IGNORED, 0).sum(-1).tolist()):
            scores[i] = total / log(2)
    model.train(was_training)
    return scores
