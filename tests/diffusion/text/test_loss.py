"""The weighted loss: worked by hand, summed over all masks, and as an objective of `train`."""

from functools import partial
from itertools import product
from math import log

import pytest
import torch

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.diffusion import masked_loss
from coursekit.diffusion.text import COSINE, LINEAR, log_linear, nats_bound
from coursekit.diffusion.text.loss import hidden_nats
from coursekit.diffusion.text.theory import entropy_of
from coursekit.packing import IGNORED
from coursekit.train import Budget, train

MASK = 3


def at(t):
    """Times for a test: all alike."""
    return lambda shape, device=None: torch.full(shape, t, dtype=torch.float64)


def uniform(ids, mask=None):
    return torch.zeros(*ids.shape, 4, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(("schedule", "weight"), [(LINEAR, 1.0), (COSINE, 0.0), (log_linear(0), 1.0)])
def test_everything_hidden_by_hand(schedule, weight):
    # t = 1: the weight is 1/t = 1, or pi/2 tan(0) = 0; each of 3 tokens costs log 3, since the mask is never the answer
    loss = masked_loss(uniform, None, torch.tensor([[0, 1, 2], [2, 2, 0]]), MASK, schedule, at(1.0))
    assert loss.item() == pytest.approx(weight * log(3), abs=1e-12)


def test_padding_neither_counts_nor_is_seen():
    seen = []

    def model(ids, mask):
        seen.append((ids, mask))
        return uniform(ids)

    loss = masked_loss(model, None, torch.tensor([[0, 1, 2], [2, IGNORED, IGNORED]]), MASK, times=at(1.0))
    assert loss.item() == pytest.approx(log(3), abs=1e-12)  # 4 of 4 tokens, not 4 of 6
    ids, mask = seen[0]
    assert mask[:, 0, 0].tolist() == [[True, True, True], [True, False, False]]
    assert ids[mask[:, 0, 0]].tolist() == [MASK] * 4


def test_a_prompt_is_neither_hidden_nor_counted():
    targets, fixed = torch.tensor([[0, 1, 2]]), torch.tensor([[True, True, False]])
    seen = []
    loss = masked_loss(lambda ids: seen.append(ids) or uniform(ids), None, targets, MASK, times=at(1.0), fixed=fixed)
    assert seen[0].tolist() == [[0, 1, MASK]]
    assert loss.item() == pytest.approx(log(3), abs=1e-12)


def test_nothing_hidden_costs_nothing_and_has_a_gradient():
    loss = masked_loss(uniform, None, torch.tensor([[0, 1]]), MASK, times=at(0.0))
    assert loss.item() == 0
    loss.backward()


def expected_loss(denoiser, sequences, p, t, schedule):
    """The sum over all texts and all masks, by hand: nats a text."""
    total = 0.0
    for pattern in product([False, True], repeat=sequences.shape[1]):
        hidden = torch.tensor(pattern).expand_as(sequences)
        kept = schedule.alpha(t)
        chance = (1 - kept) ** sum(pattern) * kept ** (len(pattern) - sum(pattern))
        nats = hidden_nats(denoiser(sequences.masked_fill(hidden, MASK)), sequences, hidden, MASK)
        total += chance * schedule.weight(t) * (p * nats.view(len(p), -1).sum(1)).sum()
    return total.item()


@pytest.mark.parametrize("schedule", [LINEAR, COSINE])
def test_its_mean_is_the_weighted_sum_over_all_masks(known, schedule):
    sequences, p, denoiser = known
    t = torch.tensor(0.4, dtype=torch.float64)
    expected = expected_loss(denoiser, sequences, p, t, schedule)
    torch.manual_seed(0)
    rows = sequences[torch.multinomial(p, 10_000, replacement=True)]
    losses = torch.stack(
        [masked_loss(denoiser, None, part, MASK, schedule, at(0.4)) * rows.shape[1] for part in rows.split(250)]
    )
    assert abs(losses.mean() - expected) < 4 * losses.std() / len(losses) ** 0.5
    assert losses.std() / len(losses) ** 0.5 < 0.02 * expected


@pytest.mark.parametrize("schedule", [LINEAR, COSINE])
def test_over_all_times_the_perfect_denoiser_s_loss_is_the_entropy(known, schedule):
    sequences, p, denoiser = known
    torch.manual_seed(0)
    rows = sequences[torch.multinomial(p, 20_000, replacement=True)]
    losses = torch.stack([masked_loss(denoiser, None, part, MASK, schedule) * 5 for part in rows.split(250)])
    assert abs(losses.mean() - entropy_of(p)) < 4 * losses.std() / len(losses) ** 0.5
    assert losses.std() / len(losses) ** 0.5 < 0.02 * entropy_of(p)


def test_the_bound_on_each_text_by_all_orders(known):
    # the mean over all orders of guessing one by one, from a denoiser that is wrong: its answers flattened
    sequences, _, exact = known

    def flat(ids):
        return (0.7 * exact(ids).exp() + 0.1).log()

    texts = sequences[[0, 17]]
    expected = []
    for text in texts:
        total = 0.0
        for pattern in product([False, True], repeat=5):
            hidden, count = torch.tensor([pattern]), sum(pattern)
            if count:
                nats = hidden_nats(flat(text[None].masked_fill(hidden, MASK)), text[None], hidden, MASK).sum().item()
                total += nats / count / len(list(_subsets(5, count)))
        expected.append(total)
    bounds = torch.stack([nats_bound(flat, texts, MASK, draws=500, seed=seed) for seed in range(8)])
    assert (abs(bounds.mean(0) - torch.tensor(expected)) < 4 * bounds.std(0) / 8**0.5 + 1e-9).all()
    assert (bounds.std(0) < 0.05 * bounds.mean(0)).all()


def _subsets(length, count):
    return [pattern for pattern in product([0, 1], repeat=length) if sum(pattern) == count]


def test_the_bound_of_a_uniform_answer_by_hand():
    # every order costs log 3 a token
    tokens = torch.tensor([[0, 1, 2, 0], [1, 1, IGNORED, IGNORED]])
    bound = nats_bound(uniform, tokens, MASK, draws=3)
    assert bound.tolist() == pytest.approx([4 * log(3), 2 * log(3)], abs=1e-12)


def test_padding_does_not_change_the_bound(decoder):
    model, text = decoder(), torch.tensor([[1, 2, 3, 4, 5]])
    padded = torch.cat([text, torch.full((1, 3), IGNORED)], 1)
    alone = [nats_bound(model, text, 9, draws=100, seed=seed).item() for seed in (0, 1)]
    assert nats_bound(model, padded, 9, draws=100).item() == pytest.approx(alone[0], rel=0.15)
    assert alone[0] != alone[1]


def test_as_an_objective_it_learns_a_text():
    # 8 texts that repeat one token: any token that is seen tells all others; log 8 for the first, 0 for the rest
    torch.manual_seed(0)
    config = DecoderConfig(vocab_size=9, width=32, layers=1, heads=2, context=6)
    model = Decoder(config, mixer=partial(Attention, is_causal=False))
    rows = torch.arange(8)[:, None].expand(8, 6).repeat(4, 1)
    history = train(
        model, iter(lambda: (rows, rows), None), budget=Budget(steps=250), objective=partial(masked_loss, mask_id=8)
    )
    bound = nats_bound(model, rows[:8], 8, draws=60).mean().item()
    assert log(8) - 0.02 <= bound < log(8) + 0.2
    assert history.loss[0] > 1.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mask_id": 4}, r"mask_id: expected the id of a mask token in the model's vocabulary \(0 to 3\), got 4"),
        ({"mask_id": 1}, r"tokens: expected clean ones, got the mask \(1\) among them"),
        ({"fixed": torch.ones(1, 2, dtype=torch.bool)}, "fixed: expected places that may be hidden, got all 2 fixed"),
    ],
)
def test_what_is_refused(changes, message):
    given = {"model": uniform, "inputs": None, "targets": torch.tensor([[0, 1]]), "mask_id": MASK} | changes
    with pytest.raises(ValueError, match=f"^{message}$"):
        masked_loss(times=at(1.0), **given)


def test_the_bound_refuses_no_draws():
    with pytest.raises(ValueError, match="^draws: expected a whole number >= 1, got 0$"):
        nats_bound(uniform, torch.tensor([[0, 1]]), MASK, draws=0)
