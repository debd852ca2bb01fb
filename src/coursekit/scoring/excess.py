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


@torch.no_grad()
def excess_along(model, stories, corpus, context, edges):
    """Excess bits a token by where in the sequence the token stands, on rows filled with whole stories.

        mean over tokens at positions edges_i <= t < edges_(i+1) of  log2 p(token) - log2 q(token)

    p is the source's probability of the token within its story; q the model's, which sees the stories before, too.

    Args:
        model: ids (B, T) -> logits (B, T, V), for T = context. Put into evaluation mode meanwhile.
        stories: list of lists of tokens, each closed by END and no longer than context.
        corpus: has encode(tokens) -> ids and log2_probabilities(tokens) -> bits of each token (negative).
        context: tokens a row.
        edges: positions in ascending order, two at least.

    Returns: list of bits a token, one for each pair of neighbouring edges.
    Raises: ValueError when no token stands between two edges.
    Taught in: 02-transformer
    """
    was_training = model.training
    model.eval()
    device = next((parameter.device for parameter in model.parameters()), None)
    sums = torch.zeros(2, context, dtype=torch.float64)  # excess and tokens by position
    for ids, log2_p in _packed(stories, corpus, context):
        inputs, targets = to_batch([ids], context)  # (1, T) twice
        log_q = model(inputs.to(device))[0].cpu().double().log_softmax(-1)  # (T, V), nats
        picked = log_q[range(len(ids)), ids] / log(2)
        sums[0, : len(ids)] += torch.tensor(log2_p, dtype=torch.float64) - picked
        sums[1, : len(ids)] += 1
    model.train(was_training)
    bins = [sums[:, first:last].sum(-1).tolist() for first, last in zip(edges, edges[1:])]
    if not all(tokens for _, tokens in bins):
        raise ValueError(f"expected stories that reach every position up to {edges[-1]}, got none in some bin")
    return [excess / tokens for excess, tokens in bins]


def _packed(stories, corpus, context):
    ids, log2_p = [], []
    for story in stories:
        if len(ids) + len(story) > context:
            yield ids, log2_p
            ids, log2_p = [], []
        ids, log2_p = ids + corpus.encode(story), log2_p + corpus.log2_probabilities(story)
    yield ids, log2_p
