"""The loop, on a source whose every probability is known: a Markov chain over four words and END."""

import itertools
from math import cos, log, log2, pi
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from tqdm import tqdm

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.packing import pack
from coursekit.scoring import excess_bits
from coursekit.train import Budget, cosine, linear, next_token_loss, train

VOCABULARY = (".", "a", "b", "c", "d")  # END first
NEXT = {  # END also plays the start, and no story is empty
    ".": (0.0, 0.4, 0.3, 0.2, 0.1),
    "a": (0.1, 0.0, 0.6, 0.2, 0.1),
    "b": (0.2, 0.3, 0.1, 0.4, 0.0),
    "c": (0.3, 0.2, 0.2, 0.1, 0.2),
    "d": (0.5, 0.1, 0.1, 0.1, 0.2),
}
TABLE = torch.tensor(list(NEXT.values()), dtype=torch.float64)


def log2_probability(story):
    return sum(log2(NEXT[before][VOCABULARY.index(token)]) for before, token in zip([".", *story], story))


def encode(story):
    return [VOCABULARY.index(token) for token in story]


CHAIN = SimpleNamespace(log2_probability=log2_probability, encode=encode, END=".")


def stories(seed):
    generator = torch.Generator().manual_seed(seed)
    while True:
        story, token = [], 0
        while not story or token:
            token = torch.multinomial(TABLE[token], 1, generator=generator).item()
            story.append(VOCABULARY[token])
        yield story


class Oracle(nn.Module):
    """The chain as a model: logits are the logarithms of its probabilities, times a factor (1 = exact)."""

    def __init__(self, factor=1.0):
        super().__init__()
        self.factor = factor

    def forward(self, input_ids):
        return self.factor * TABLE.clamp(min=1e-300).log()[input_ids]  # (B, T, V)


class Bigram(nn.Module):
    """One row of logits a token: the smallest model that can learn the chain."""

    def __init__(self, dtype=torch.float32):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(5, 5, dtype=dtype))
        self.shift = nn.Parameter(torch.zeros(5, dtype=dtype))

    def forward(self, input_ids):
        return self.table[input_ids] + self.shift


def batches(seed=0, batch=16):
    return pack(stories(seed), encode, context=64, batch=batch)


def fixed(steps=None):
    """The same small batch again and again: six targets that count."""
    batch = torch.tensor([[0, 1, 2, 0]] * 2), torch.tensor([[1, 2, 0, -100]] * 2)
    return itertools.repeat(batch) if steps is None else itertools.repeat(batch, steps)


HELD_OUT = list(itertools.islice(stories(100), 300))


def test_the_oracle_scores_zero_and_others_above():
    assert abs(excess_bits(Oracle(), HELD_OUT, CHAIN).mean) < 1e-9
    for factor in (0.5, 2.0):
        score = excess_bits(Oracle(factor), HELD_OUT, CHAIN)
        assert score.mean > 5 * score.standard_error


def test_a_trained_model_nears_the_floor_and_does_not_pass_it():
    model = Bigram()
    before = excess_bits(model, HELD_OUT, CHAIN)
    train(model, batches(), budget=Budget(tokens=60_000), lr=0.1, weight_decay=0.0, progress=False)
    after = excess_bits(model, HELD_OUT, CHAIN)
    # 25 free parameters on 60 000 tokens: expected excess about 20 / (2 * 60000 * ln 2) = 0.0002 bits
    assert after.mean < 0.02 < before.mean
    assert after.mean >= -3 * after.standard_error


@pytest.mark.slow
def test_a_decoder_nears_the_floor_and_does_not_pass_it():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=5, width=16, layers=1, heads=2))
    train(model, batches(), budget=Budget(tokens=200_000), progress=False)
    score = excess_bits(model, HELD_OUT, CHAIN)
    assert -3 * score.standard_error <= score.mean < 0.05


@pytest.mark.slow
def test_cuentos_is_learned_and_its_floor_holds():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=len(cuentos.VOCABULARY), width=64, layers=2, heads=4))
    held_out = list(itertools.islice(cuentos.stories(1_000_000), 200))
    before = excess_bits(model, held_out, cuentos)
    rows = pack(cuentos.stories(0), cuentos.encode, context=128, batch=32)
    train(model, rows, budget=Budget(tokens=200_000), progress=False)
    after = excess_bits(model, held_out, cuentos)
    assert -3 * after.standard_error <= after.mean < before.mean / 2


def test_next_token_loss_by_hand():
    # logits ln 2 for the right word of five against 0: q = 2 / 6; the padded place, where q = 1/6, does not count
    logits = torch.zeros(1, 2, 5)
    logits[0, 0, 3] = log(2)
    loss = next_token_loss(lambda inputs: logits, torch.zeros(1, 2), torch.tensor([[3, -100]]))
    assert loss.item() == pytest.approx(log(3), abs=1e-6)


def test_schedules():
    assert [linear(part) for part in (0, 0.25, 1)] == [1, 0.75, 0]
    assert [cosine(part) for part in (0, 0.25, 0.5, 1)] == pytest.approx([1, (1 + cos(pi / 4)) / 2, 0.5, 0])


def rates(**options):
    """The learning rate of each step, read from AdamW, whose steps have the size of the rate at first."""
    seen = []
    original = torch.optim.AdamW.step

    def step(optimizer, *arguments):
        seen.append([(g["lr"], g["weight_decay"], len(g["params"])) for g in optimizer.param_groups])
        return original(optimizer, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", step)
        train(Bigram(), fixed(), progress=False, **options)
    return seen


def test_the_rate_rises_and_falls_over_the_budget():
    def lr(**options):
        return [groups[0][0] for groups in rates(lr=1.0, **options)]

    # 10 steps, two of them warm up: 1/3 and 2/3 of the way; the others fall from where they begin, 0, 1/8 .. 7/8
    expected = [1 / 3, 2 / 3, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]
    assert lr(budget=Budget(steps=10), warmup=0.2, decay=linear) == pytest.approx(expected)
    # a step has six targets that count: 60 tokens are the same ten steps, 61 are eleven
    assert lr(budget=Budget(tokens=60), warmup=0.2, decay=linear) == pytest.approx(expected)
    assert len(lr(budget=Budget(tokens=61))) == 11
    assert lr(budget=Budget(steps=2), warmup=0.0) == pytest.approx([1.0, 0.5])
    # nothing but warm-up: up to 10 / 11
    assert lr(budget=Budget(steps=10), warmup=1.0) == pytest.approx([i / 11 for i in range(1, 11)])


@pytest.mark.parametrize("budget", [{"steps": 1}, {"steps": 3}, {"steps": 400}, {"tokens": 5}, {"tokens": 3000}])
def test_the_first_step_trains_whatever_the_budget(budget):
    lr = [groups[0][0] for groups in rates(lr=1.0, budget=Budget(**budget))]
    # the default warm-up: a twentieth of the steps, and one more to arrive
    steps = budget.get("steps", -(-budget.get("tokens", 0) // 6))
    if steps > 1:
        assert lr[0] == pytest.approx(1 / (0.05 * steps + 1))
    assert all(0 < rate <= 1 for rate in lr)
    model, before = Bigram(), Bigram()
    history = train(model, fixed(), budget=Budget(**budget), progress=False, weight_decay=0.0)
    assert not torch.equal(model.table, before.table)
    assert len(history.loss) < 2 or history.loss[1] < history.loss[0]


def test_the_first_step_trains_on_a_clock(monkeypatch):
    # each look at the clock takes 2 s: a step begins, has its gradient after 2 s and ends after 4 s
    clock = itertools.count()
    monkeypatch.setattr("coursekit.train.time.perf_counter", lambda: 2.0 * next(clock))
    lr = [groups[0][0] for groups in rates(lr=1.0, budget=Budget(seconds=100), warmup=0.1)]
    # 10 s of warm-up: 2 / 12, then from 4 s on 6 / 12, from 8 s on 10 / 12; then a cosine over 90 s
    assert lr[:4] == pytest.approx([2 / 12, 6 / 12, 10 / 12, cosine(2 / 90)])


def test_only_matrices_decay():
    class Marked(Bigram):
        def __init__(self):
            super().__init__()
            self.state = nn.Parameter(torch.zeros(2, 2))
            self.state._no_weight_decay = True

    model = Marked()
    model.table.data.fill_(1.0)
    model.shift.data.fill_(1.0)
    model.state.data.fill_(1.0)
    train(model, fixed(), budget=Budget(steps=1), warmup=0.0, lr=0.1, weight_decay=0.5, clip=1e-12, progress=False)
    # row 3 of the table (word c) has no gradient: AdamW only multiplies it by 1 - 0.1 * 0.5; the others stay
    assert model.table[3].tolist() == pytest.approx([0.95] * 5)
    assert model.state.flatten().tolist() == [1.0] * 4
    (rate, *decayed), (same, *others) = rates(budget=Budget(steps=1), weight_decay=0.5)[0]
    assert rate == same > 0
    assert (decayed, others) == ([0.5, 1], [0.0, 1])


def test_gradients_are_clipped():
    gradients = {}
    for clip in (1e9, 0.125):
        model = Bigram()
        train(model, fixed(), budget=Budget(steps=1), clip=clip, progress=False)
        gradients[clip] = torch.cat([w.grad.flatten() for w in model.parameters()])
    assert gradients[1e9].norm() > 0.2
    torch.testing.assert_close(gradients[0.125].norm().item(), 0.125, rtol=1e-4, atol=0)


def test_gradients_do_not_pile_up_and_the_auxiliary_loss_is_added():
    class Auxiliary(Bigram):
        def forward(self, input_ids):
            self.auxiliary_loss = 3 * self.shift[4]
            return super().forward(input_ids)

    def gradient(model, steps):
        train(model, fixed(), budget=Budget(steps=steps), lr=0.0, clip=1e9, progress=False)
        return model.shift.grad

    plain = gradient(Bigram(), 1)
    torch.testing.assert_close(gradient(Bigram(), 3), plain)
    torch.testing.assert_close(gradient(Auxiliary(), 1) - plain, torch.tensor([0.0, 0, 0, 0, 3]))


def test_repeatable_given_the_seed():
    def noisy(model, inputs, targets):
        return next_token_loss(model, inputs, targets) + 0.1 * torch.rand(()) * model.shift.sum()

    def losses(seed, outside):
        torch.manual_seed(outside)
        model = Bigram()
        history = train(
            model, batches(), budget=Budget(tokens=5000), seed=seed, objective=noisy, lr=0.1, progress=False
        )
        return history.loss

    assert losses(1, outside=5) == losses(1, outside=6)
    assert losses(1, outside=5) != losses(2, outside=5)


def test_random_numbers_outside_are_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    train(Bigram(), fixed(), budget=Budget(steps=1), progress=False)
    assert torch.equal(torch.rand(1), expected)


def test_history():
    history = train(Bigram(), fixed(), budget=Budget(steps=4), lr=0.1, progress=False)
    assert history.tokens == [6, 12, 18, 24]
    assert history.loss[0] == pytest.approx(log(5))  # all logits zero, five words
    assert history.loss[3] < history.loss[0]
    assert 0 < history.seconds[0] < history.seconds[3]


def test_evaluations_are_spread_over_the_budget():
    modes = []

    def evaluate(model):
        modes.append(model.training)
        return "value"

    model = Bigram()
    options = {"progress": False, "evaluate": evaluate, "evaluations": 4}
    history = train(model, fixed(), budget=Budget(steps=8), **options)
    assert history.evaluations == [(12, "value"), (24, "value"), (36, "value"), (48, "value")]
    assert modes == [False] * 4
    assert not model.training


def test_the_model_trains_in_training_mode():
    seen = []

    def objective(model, inputs, targets):
        seen.append(model.training)
        return next_token_loss(model, inputs, targets)

    options = {"progress": False, "objective": objective, "evaluate": lambda model: 0, "evaluations": 3}
    train(Bigram().eval(), fixed(), budget=Budget(steps=3), **options)
    assert seen == [True] * 3


def test_a_budget_of_seconds(monkeypatch):
    # a clock on which a step takes 4 s (2 s until its gradient is there) and an evaluation, off the clock, 2 s more
    clock = itertools.count()
    monkeypatch.setattr("coursekit.train.time.perf_counter", lambda: 2.0 * next(clock))
    history = train(
        Bigram(), fixed(), budget=Budget(seconds=9), progress=False, evaluate=lambda model: next(clock), evaluations=5
    )
    assert history.seconds == [4.0, 8.0, 12.0]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"seconds": 1, "tokens": 5},
        {"steps": 0},
        {"tokens": -1},
        {"steps": float("nan")},
        {"tokens": float("inf")},
        {"seconds": float("inf")},
    ],
)
def test_a_budget_is_exactly_one_limit(given):
    with pytest.raises(ValueError, match="expected one of seconds, tokens and steps, above 0 and finite, got Budget"):
        Budget(**given)


@pytest.mark.parametrize(
    "option", [{"lr": -0.1}, {"lr": float("nan")}, {"lr": float("inf")}, {"warmup": -0.1}, {"warmup": 1.5},
               {"warmup": float("nan")}]
)  # fmt: skip
def test_rates_out_of_range_are_refused(option):
    with pytest.raises(ValueError, match="expected a finite lr >= 0 and warmup from 0 to 1, got lr="):
        train(Bigram(), fixed(), budget=Budget(steps=3), progress=False, **option)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (1, "loss: expected finite, got nan in step 1, before any training; look at model and batch"),
        (3, "loss: expected finite, got nan in step 3; lower lr=0.003"),
    ],
)
def test_training_stops_when_the_loss_is_not_finite_and_leaves_the_model_as_it_was(step, message):
    seen = []

    def explode(model, inputs, targets):
        seen.append(model.table.detach().clone())
        return next_token_loss(model, inputs, targets) * (float("nan") if len(seen) == step else 1)

    model = Bigram()
    with pytest.raises(ValueError, match=message):
        train(model, fixed(), budget=Budget(steps=5), objective=explode, progress=False)
    assert model.table.equal(seen[-1])
    assert len(seen) == step


@pytest.mark.parametrize("budget", [{"steps": 5}, {"tokens": 60}])
@pytest.mark.parametrize("objective", [next_token_loss, lambda model, inputs, targets: 0 * model.shift.sum()])
def test_a_batch_in_which_no_target_counts_is_named(budget, objective):
    # with a budget of tokens an objective that does not mind would never end
    empty = torch.zeros(2, 3, dtype=torch.long), torch.full((2, 3), -100)
    batches = itertools.chain(fixed(2), itertools.repeat(empty))
    with pytest.raises(
        ValueError, match=r"batches: expected targets that count, got none in step 3: all 6 are IGNORED"
    ):
        train(Bigram(), batches, budget=Budget(**budget), objective=objective, progress=False)


def test_weights_that_are_all_frozen_are_said_to_be():
    with pytest.raises(ValueError, match="model: expected weights to train, got none, or all of them frozen"):
        train(Bigram().requires_grad_(False), fixed(), budget=Budget(steps=1), progress=False)
    half = Bigram()
    half.table.requires_grad_(False)
    train(half, fixed(), budget=Budget(steps=1), progress=False)
    assert half.shift.any()
    assert not half.table.any()


def test_a_list_of_batches_will_do():
    assert len(train(Bigram(), list(fixed(3)), budget=Budget(steps=3), progress=False).loss) == 3


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_any_precision_trains(dtype):
    history = train(Bigram(dtype), fixed(), budget=Budget(steps=30), lr=0.1, progress=False)
    assert history.loss[-1] < history.loss[0] / 2


def test_batches_that_end_early_are_an_error():
    with pytest.raises(ValueError, match=r"expected enough for Budget\(.*steps=3\), got 2"):
        train(Bigram(), fixed(2), budget=Budget(steps=3), progress=False)


def test_the_bar_goes_from_nothing_to_all_of_the_budget(monkeypatch):
    class Bar(tqdm):
        def update(self, n=1):
            parts.append(n)

    parts = []
    monkeypatch.setattr("coursekit.train.tqdm", Bar)
    train(Bigram(), fixed(), budget=Budget(tokens=21), progress=False)  # six targets a step: the fourth is cut off
    assert parts == pytest.approx([600 / 21, 600 / 21, 600 / 21, 300 / 21])


def test_the_bar_is_shown_unless_turned_off_or_under_ci(monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    train(Bigram(), fixed(), budget=Budget(steps=1), progress=False)
    assert capsys.readouterr().err == ""
    train(Bigram(), fixed(), budget=Budget(steps=1))
    assert "%" in capsys.readouterr().err
    monkeypatch.setenv("CI", "true")
    train(Bigram(), fixed(), budget=Budget(steps=1))
    assert capsys.readouterr().err == ""
