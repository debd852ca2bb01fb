"""Each idea of sampling by a hand-worked number, and what holds for all of them."""

from math import inf, log

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving import generate
from coursekit.serving.sampling import Sampling, min_p, repetition_penalty, top_k, top_p

# probabilities 0.1, 0.4, 0.3, 0.2
SCORES = torch.tensor([[0.1, 0.4, 0.3, 0.2]], dtype=torch.float64).log()


def _kept(scores):
    return [i for i, score in enumerate(scores[0].tolist()) if score > -inf]


def test_top_k_keeps_the_k_highest_and_what_ties_with_them():
    assert _kept(top_k(SCORES, 1)) == [1]
    assert _kept(top_k(SCORES, 3)) == [1, 2, 3]
    assert top_k(SCORES, 9).equal(SCORES)
    assert _kept(top_k(torch.tensor([[1.0, 2.0, 2.0, 0.0]]), 1)) == [1, 2]


@pytest.mark.parametrize(
    # in falling order 0.4, 0.3, 0.2, 0.1: before each stand 0, 0.4, 0.7, 0.9
    ("p", "kept"),
    [(0.01, [1]), (0.39, [1]), (0.41, [1, 2]), (0.69, [1, 2]), (0.71, [1, 2, 3]), (0.91, [0, 1, 2, 3])],
)
def test_top_p_keeps_the_fewest_that_reach_p(p, kept):
    assert _kept(top_p(SCORES, p)) == kept
    assert top_p(SCORES, 1).equal(SCORES)


@pytest.mark.parametrize(
    # p of the highest, 0.4: 0.24 at 0.6 lets 0.3 in; 0.1 at 0.25 is the border of 0.1
    ("p", "kept"),
    [(0, [0, 1, 2, 3]), (0.24, [0, 1, 2, 3]), (0.26, [1, 2, 3]), (0.6, [1, 2]), (0.8, [1]), (1, [1])],
)
def test_min_p_keeps_what_is_not_hopeless(p, kept):
    assert _kept(min_p(SCORES, p)) == kept


def test_a_penalty_lowers_what_was_said_once_however_often():
    scores = torch.tensor([[2.0, -2.0, 3.0, 0.0]])
    # said 0, 1 and 0 again: 2 / 4 = 0.5; -2 * 4 = -8; the others stay
    assert repetition_penalty(scores, torch.tensor([[0, 1, 0]]), 4).equal(torch.tensor([[0.5, -8.0, 3.0, 0.0]]))
    assert repetition_penalty(scores, torch.tensor([[0, 1]]), 1).equal(scores)


def test_the_ideas_apply_in_their_order():
    # temperature 1/2 squares the probabilities: 1, 16, 9, 4 of 30; top-3 leaves 16, 9, 4 of 29; before the 4 stand
    # 25/29 = 0.86 >= 0.8, so top-p puts it out; 16 and 9 of 25 remain
    sampling = Sampling(temperature=0.5, top_k=3, top_p=0.8)
    expected = torch.tensor([[0, 16 / 25, 9 / 25, 0]], dtype=torch.float64)
    torch.testing.assert_close(sampling.probabilities(SCORES), expected)
    penalised = Sampling(repetition_penalty=1e9, temperature=0)
    logits = torch.tensor([[5.0, 1.0]])
    assert penalised.probabilities(logits, torch.tensor([[0]])).tolist() == [[0.0, 1.0]]
    step = Sampling(steps=(lambda scores, ids: scores + torch.tensor([0.0, log(3)]),))
    torch.testing.assert_close(step.probabilities(torch.zeros(1, 2), None), torch.tensor([[0.25, 0.75]]))
    assert (penalised.reads_text, step.reads_text, sampling.reads_text) == (True, True, False)


def test_draws_follow_the_narrowed_distribution():
    sampling, rows = Sampling(min_p=0.6), 4000
    drawn = sampling.draw(SCORES.expand(rows, -1), torch.Generator().manual_seed(0))
    share = torch.bincount(drawn[:, 0], minlength=4) / rows
    assert share[0] == share[3] == 0
    assert abs(share[1] - 4 / 7) <= 4 * (4 / 7 * 3 / 7 / rows) ** 0.5


def test_generate_takes_a_sampling():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=11, width=16, layers=2, heads=2, context=24)).eval()
    prompt = torch.tensor([[1, 2, 3], [4, 5, 6]])
    greedy = generate(model, prompt, 8, temperature=0)
    assert generate(model, prompt, 8, sampling=Sampling(temperature=0)).equal(greedy)
    assert generate(model, prompt, 8, sampling=Sampling(top_k=1)).equal(greedy)
    assert generate(model, prompt, 8, sampling=Sampling(temperature=0.7), seed=3).equal(
        generate(model, prompt, 8, temperature=0.7, seed=3)
    )
    # a heavy penalty forbids what was said: no token comes twice
    once = generate(model, prompt, 8, sampling=Sampling(temperature=0, repetition_penalty=1e6))
    model.head.register_forward_hook(lambda module, given, logits: logits + 100)  # all scores positive
    once = generate(model, prompt, 8, sampling=Sampling(temperature=0, repetition_penalty=1e6))
    assert all(len(set(row)) == 11 for row in once.tolist())


@pytest.mark.parametrize(
    ("option", "message"),
    [
        *[({"top_k": bad}, "top_k: expected a whole number >= 1, got") for bad in (0, -1, 1.5, True, "2")],
        *[
            ({"top_p": bad}, "top_p: expected a number above 0 and at most 1, got")
            for bad in (0, -1, 1.1, float("nan"))
        ],
        *[({"min_p": bad}, "min_p: expected a number from 0 to 1, got") for bad in (-0.1, 1.1, float("nan"))],
        *[({"repetition_penalty": bad}, "repetition_penalty: expected a number > 0") for bad in (0, -1, float("nan"))],
        ({"temperature": -1}, "temperature: expected 0, or"),
    ],
)
def test_a_number_out_of_its_range_is_one_clear_line(option, message):
    with pytest.raises(ValueError, match=message):
        Sampling(**option)


def test_scores_that_are_no_numbers_are_not_drawn_from():
    for temperature in (0, 1.0):
        for bad in (float("nan"), inf, -inf):
            with pytest.raises(ValueError, match="logits: expected finite numbers"):
                Sampling(temperature=temperature).probabilities(torch.full((1, 3), bad))
