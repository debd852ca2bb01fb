"""The training loop of the course. Every architecture goes through it; the objective is an argument."""

import os
import time
from dataclasses import dataclass, field
from math import cos, inf, isfinite, pi

import torch
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from tqdm import tqdm

from coursekit.packing import IGNORED


@dataclass(frozen=True)
class Budget:
    """When training ends: exactly one of seconds, tokens (targets that count) and steps.

    Raises: ValueError unless exactly one is given, above 0 and finite.
    """

    seconds: float | None = None
    tokens: int | None = None
    steps: int | None = None

    def __post_init__(self):
        given = [limit for limit in (self.seconds, self.tokens, self.steps) if limit is not None]
        if len(given) != 1 or not 0 < given[0] < inf:
            raise ValueError(f"expected one of seconds, tokens and steps, above 0 and finite, got {self}")

    def spent(self, seconds, tokens, steps):
        """The part of the budget that is used up, 0 .. 1."""
        if self.seconds is not None:
            return min(1.0, seconds / self.seconds)
        if self.tokens is not None:
            return min(1.0, tokens / self.tokens)
        return min(1.0, steps / self.steps)


@dataclass
class History:
    """The learning curve, one value a step: loss (nats a token), and tokens and seconds so far.

    `evaluations` holds pairs: tokens so far, and what `evaluate` returned.
    """

    loss: list[float] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    evaluations: list[tuple] = field(default_factory=list)


def next_token_loss(model, inputs, targets):
    """Mean cross-entropy of the next token, padding left out.

        -1/N sum_t log q(target_t | inputs up to t)

    Args:
        model: ids (B, T) -> logits (B, T, V).
        inputs, targets: (B, T), integer.

    Returns: scalar, nats a token.

    Source: Bengio et al. 2003, section 2.
    Taught in: 02-transformer
    """
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten(), ignore_index=IGNORED)


def linear(part):
    """Factor of the learning rate: a straight line to 0. part: of the steps after the warm-up, 0 .. 1."""
    return 1 - part


def cosine(part):
    """Factor of the learning rate: half a cosine to 0. Source: Loshchilov and Hutter 2017, equation 5."""
    return (1 + cos(pi * part)) / 2


def train(
    model,
    batches,
    *,
    budget,
    lr=3e-3,
    warmup=0.05,
    decay=cosine,
    weight_decay=0.1,
    clip=1.0,
    objective=next_token_loss,
    seed=0,
    evaluate=None,
    evaluations=10,
    progress=True,
):
    """Train by AdamW until the budget is spent; the schedule spans the budget, whatever its unit.

        theta <- AdamW(theta, gradient of objective + auxiliary loss)

    With a budget of tokens or steps the result is repeatable; with seconds it depends on the machine's speed.

    Args:
        model: module; its `auxiliary_loss`, if it has one, is added to the objective.
        batches: endless iterable of (inputs, targets), both (B, T); see `coursekit.packing.pack`.
        budget: a `Budget`.
        lr: highest learning rate.
        warmup: part of the budget in which the rate rises, 0 .. 1; it begins above 0, so that the first step trains.
        decay: `cosine` or `linear`, over the rest.
        weight_decay: of matrices; vectors and weights marked `_no_weight_decay` (as in mamba_ssm) have none.
        clip: largest norm of the gradient.
        objective: (model, inputs, targets) -> scalar loss.
        seed: of torch's random numbers inside the loop (an objective that draws, dropout).
        evaluate: model -> anything; called `evaluations` times, evenly over the budget, off its clock.
        progress: text bar; never under CI.

    Returns: a `History`. The model is trained in place, and left in evaluation mode.
    Raises: ValueError when the loss is not finite, a batch has no target that counts, the batches end early, all
        weights are frozen, or lr or warmup is out of its range. What was trained until then stays in the model.

    Source: Loshchilov and Hutter 2019 (AdamW), algorithm 2.
    Taught in: 02-transformer
    """
    if not 0 <= lr < inf or not 0 <= warmup <= 1:
        raise ValueError(f"expected a finite lr >= 0 and warmup from 0 to 1, got lr={lr} and warmup={warmup}")
    if not any(weight.requires_grad for weight in model.parameters()):
        raise ValueError("model: expected weights to train, got none, or all of them frozen (requires_grad=False)")
    history, tokens, seconds, spent, batches = History(), 0, 0.0, 0.0, iter(batches)
    device = next(model.parameters()).device
    optimizer = _adamw(model, weight_decay)
    bar = tqdm(total=100, unit="%", disable=not progress or "CI" in os.environ, leave=False)
    with bar, torch.random.fork_rng():
        torch.manual_seed(seed)
        model.train()
        while spent < 1:
            started = time.perf_counter()
            inputs, targets = (x.to(device) for x in _next(batches, budget, history))  # (B, T) twice
            tokens += _count(targets, history)
            loss = objective(model, inputs, targets)
            history.loss.append(_finite(loss.item(), history, lr))
            optimizer.zero_grad()
            (loss + getattr(model, "auxiliary_loss", 0.0)).backward()
            clip_grad_norm_(model.parameters(), clip)
            step = budget.spent(seconds + time.perf_counter() - started, tokens, len(history.loss)) - spent
            for group in optimizer.param_groups:
                group["lr"] = lr * _rate(spent, step, warmup, decay)
            optimizer.step()
            seconds += time.perf_counter() - started
            history.tokens.append(tokens)
            history.seconds.append(seconds)
            before, spent = spent, budget.spent(seconds, tokens, len(history.loss))
            bar.set_postfix_str(f"loss {history.loss[-1]:.3f}", refresh=False)
            bar.update(100 * (spent - before))
            if evaluate is not None and int(spent * evaluations) > int(before * evaluations):
                model.eval()
                history.evaluations.append((tokens, evaluate(model)))
                model.train()
    model.eval()
    return history


def _next(batches, budget, history):
    batch = next(batches, None)
    if batch is None:
        raise ValueError(f"batches: expected enough for {budget}, got {len(history.loss)}")
    return batch


def _count(targets, history):
    count = int((targets != IGNORED).sum())
    if count == 0:
        raise ValueError(
            f"batches: expected targets that count, got none in step {len(history.loss) + 1}: "
            f"all {targets.numel()} are IGNORED ({IGNORED})"
        )
    return count


def _finite(loss, history, lr):
    if isfinite(loss):
        return loss
    if not history.loss:
        raise ValueError(f"loss: expected finite, got {loss} in step 1, before any training; look at model and batch")
    raise ValueError(f"loss: expected finite, got {loss} in step {len(history.loss) + 1}; lower lr={lr}")


def _rate(spent, step, warmup, decay):
    """The factor of a step that begins at the part `spent` of the budget and takes the part `step` of it.

    In whole steps: step i, from 1 on, of w that warm up has i / (w + 1).
    """
    if spent < warmup:
        return (spent + step) / (warmup + step)
    return decay((spent - warmup) / (1 - warmup))


def _adamw(model, weight_decay):
    decayed, others = [], []
    for weight in model.parameters():
        exempt = weight.dim() < 2 or getattr(weight, "_no_weight_decay", False)
        (others if exempt else decayed).append(weight)
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.95), fused=True)
