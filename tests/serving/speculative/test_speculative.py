"""Speculative decoding loses nothing: the same tokens at temperature 0, the same distribution at others."""

from dataclasses import replace

import pytest
import torch
from scipy.stats import chisquare

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving import Sampling, generate, speculative_generate
from coursekit.serving.paged import PagedCache
from coursekit.serving.scheduling import Request, Scheduler
from coursekit.serving.speculative import DraftModel, NgramLookup, accept, acceptance, expected_tokens
from coursekit.ssm.mamba import Mamba

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=2, context=48)


def decoder(seed=0, noise=0.3, **parts):
    torch.manual_seed(seed)
    model = Decoder(CONFIG, **parts).double().eval()
    for weight in model.parameters():
        weight.data += torch.randn_like(weight) * noise
    return model


TARGET = decoder()
PROMPT = torch.tensor([[1, 2, 3, 1, 2], [4, 5, 6, 4, 5], [7, 8, 7, 8, 7]])
P = torch.tensor([[0.5, 0.3, 0.2, 0.0], [0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25]], dtype=torch.float64)
Q = torch.tensor([[0.2, 0.2, 0.3, 0.3], [0.4, 0.3, 0.2, 0.1]], dtype=torch.float64)


def near(model, noise):
    """A draft that agrees with a model often, and not always."""
    draft = decoder()
    torch.manual_seed(9)
    for weight, own in zip(draft.parameters(), model.parameters()):
        weight.data = own.data + torch.randn_like(own) * noise
    return draft


def _first_two(rounds, **options):
    """How often each pair comes out of two proposals, the second token drawn from its own p after a rejection."""
    generator, counts = torch.Generator().manual_seed(0), torch.zeros(4, 4)
    for _ in range(rounds):
        proposed = [torch.multinomial(q, 1, generator=generator).item() for q in Q]
        tokens = accept(P, Q, proposed, generator, **options)
        tokens += torch.multinomial(P[1], 1, generator=generator).tolist() if len(tokens) == 1 else []
        counts[tokens[0], tokens[1]] += 1
    return counts


def _p_value(counts):
    expected = torch.outer(P[0], P[1]) * counts.sum()
    possible = expected > 0
    assert counts[~possible].sum() == 0
    return chisquare(counts[possible].double(), expected[possible]).pvalue


def test_what_comes_out_has_the_model_s_distribution_and_a_wrong_correction_shows():
    assert _p_value(_first_two(8000)) > 1e-3
    assert _p_value(_first_two(8000, correction=lambda p, q: p)) < 1e-6


def test_acceptance_and_tokens_by_hand():
    # min: 0.2 + 0.2 + 0.2 + 0 = 0.6;  0.1 + 0.2 + 0.2 + 0.1 = 0.6
    assert acceptance(P[:2], Q).tolist() == pytest.approx([0.6, 0.6])
    # 1 + 0.6 + 0.36 = 1.96
    assert expected_tokens(0.6, 2) == pytest.approx(1.96)
    assert (expected_tokens(1, 4), expected_tokens(0, 4), expected_tokens(0.5, 0)) == (5, 1, 1)
    rounds, generator = 4000, torch.Generator().manual_seed(1)
    lengths = [
        len(accept(P, Q, [torch.multinomial(q, 1, generator=generator).item() for q in Q], generator))
        for _ in range(rounds)
    ]
    assert sum(lengths) / rounds == pytest.approx(1.96, abs=4 * 0.85 / rounds**0.5)
    for bad in ((-0.1, 2), (1.1, 2), (0.5, -1)):
        with pytest.raises(ValueError, match="expected 0 <= alpha <= 1 and n >= 0"):
            expected_tokens(*bad)


def test_equal_distributions_are_always_accepted():
    generator = torch.Generator().manual_seed(0)
    for _ in range(200):
        proposed = [torch.multinomial(p, 1, generator=generator).item() for p in P[:2]]
        assert accept(P, P[:2], proposed, generator)[:2] == proposed


DRAFTS = {
    "itself": lambda: DraftModel(TARGET, tokens=3),
    "near": lambda: DraftModel(near(TARGET, 0.15), tokens=4, block_size=3),
    "stranger": lambda: DraftModel(decoder(seed=5), tokens=2),
    "lookup": lambda: NgramLookup(13, tokens=4, longest=2),
    "none": lambda: None,
}


@pytest.mark.parametrize("name", DRAFTS)
def test_greedy_tokens_are_those_of_generate_row_by_row(name):
    greedy = Sampling(temperature=0)
    tokens, calls = speculative_generate(TARGET, DRAFTS[name](), PROMPT, 20, greedy, block_size=4)
    assert tokens.equal(generate(TARGET, PROMPT, 20, temperature=0))
    # 20 tokens; a draft that is always right brings 4 a call; the first call is the prompt's
    assert calls == 20 if name == "none" else calls == 6 if name == "itself" else calls <= 20


def test_a_draft_that_is_often_right_saves_calls():
    draft = DraftModel(near(TARGET, 0.02), tokens=4)
    _, calls = speculative_generate(TARGET, draft, PROMPT, 20, Sampling(temperature=0))
    assert 5 < calls < 15
    # 1 2 3 1 2 3 ...: a text that repeats itself
    repeating = torch.nn.functional.one_hot(torch.tensor([0, 2, 3, 1]), 13).double() * 50

    class Repeats(torch.nn.Module):
        config = replace(CONFIG, context=100)

        def new_cache(self, batch):
            return TARGET.new_cache(batch)

        def forward(self, ids, cache, positions=None, mask=None):
            return repeating[ids]

    tokens, calls = speculative_generate(Repeats(), NgramLookup(13, 4), torch.tensor([[1, 2, 3, 1]]), 21)
    assert tokens.tolist() == [[1, 2, 3] * 8 + [1]]
    assert calls == 6  # the prompt's token; then what followed last time is one period, 3 proposals: 4 tokens a call


@pytest.mark.parametrize("name", ["near", "stranger", "lookup"])
def test_drawn_tokens_have_the_model_s_distribution(name):
    sampling, rows = Sampling(temperature=0.9, top_k=6), 600
    prompt = PROMPT[:1].expand(rows, -1)
    draft = {"lookup": lambda: NgramLookup(13, 3, 2)}.get(name) or (
        lambda: DraftModel(near(TARGET, 0.15) if name == "near" else decoder(5), 3, 2000, 8)
    )
    tokens, _ = speculative_generate(TARGET, draft(), prompt, 3, sampling)
    with torch.no_grad():
        p = sampling.probabilities(TARGET(PROMPT[:1])[:, -1])[0]
        second = torch.stack(
            [
                sampling.probabilities(TARGET(torch.cat([PROMPT[:1], torch.tensor([[x]])], 1))[:, -1])[0]
                for x in range(13)
            ]
        )
        third = torch.zeros(13, dtype=torch.float64)
        for x in p.nonzero()[:, 0].tolist():
            for y in second[x].nonzero()[:, 0].tolist():
                more = torch.cat([PROMPT[:1], torch.tensor([[x, y]])], 1)
                third += p[x] * second[x, y] * sampling.probabilities(TARGET(more)[:, -1])[0]
    for column, expected in ((-3, p), (-2, p @ second), (-1, third)):
        counts = torch.bincount(tokens[:, column], minlength=13).double()
        possible = expected > 1e-12
        assert counts[~possible].sum() == 0
        assert ((counts - rows * expected).abs() <= 4.5 * (rows * expected * (1 - expected)).sqrt() + 1).all()
        if len(expected[possible]) > 1:
            assert chisquare(counts[possible], expected[possible] / expected[possible].sum() * rows).pvalue > 1e-4


def test_rows_end_where_they_end_also_inside_accepted_proposals():
    whole = generate(TARGET, PROMPT, 20, temperature=0)
    for stop in whole[0, 6:9].tolist():
        tokens, _ = speculative_generate(TARGET, DRAFTS["itself"](), PROMPT, 20, Sampling(temperature=0), stop=stop)
        assert tokens.equal(generate(TARGET, PROMPT, 20, temperature=0, stop=stop))


def test_a_penalty_sees_the_proposals_before_it():
    sampling = Sampling(temperature=0, repetition_penalty=1.7)
    for name in ("itself", "lookup"):
        tokens, _ = speculative_generate(TARGET, DRAFTS[name](), PROMPT, 20, sampling)
        assert tokens.equal(generate(TARGET, PROMPT, 20, sampling=sampling))


def test_requests_that_come_and_go_share_a_draft_and_leave_nothing_behind():
    draft = DraftModel(near(TARGET, 0.15), tokens=3, block_size=4)
    scheduler = Scheduler(PagedCache(TARGET, 8, 4), seats=3, chunk=3, draft=draft)  # too few blocks: preemptions
    requests = [Request(PROMPT[n % 3].tolist()[: 2 + n % 4], 12 + n, Sampling(temperature=0)) for n in range(6)]
    for request in requests:
        scheduler.submit(request)
        scheduler.step()
    while scheduler.is_busy:
        scheduler.step()
    assert scheduler.preemptions > 0
    for request in requests:
        alone = generate(TARGET, torch.tensor([request.ids]), request.max_tokens, temperature=0)
        assert request.all_ids == alone[0].tolist()
    assert scheduler.cache.pool.available == 8
    assert draft.cache.pool.available == 1024
    assert not draft._texts


def test_a_draft_writes_on_from_what_was_accepted_not_from_what_it_proposed():
    request, draft = Request([1, 2, 3], 20, Sampling(temperature=0)), DraftModel(TARGET, tokens=4, block_size=2)
    first = draft.propose([request], [9])[0][0]
    assert [*request.ids, *first] == generate(TARGET, torch.tensor([request.ids]), 4, temperature=0)[0].tolist()
    request.tokens = [first[0], (first[1] + 1) % 13]  # the second was corrected
    ids, q = draft.propose([request], [3])[0]
    alone = generate(TARGET, torch.tensor([request.all_ids]), 3, temperature=0)[0].tolist()
    assert [*request.all_ids, *ids] == alone
    assert q.argmax(-1).tolist() == ids
    assert draft.propose([request], [0])[0] == ([], None)


def test_a_draft_that_fails_costs_nothing_but_its_help():
    class Broken(NgramLookup):
        def propose(self, requests, most):
            raise RuntimeError("no draft today")

    tokens, calls = speculative_generate(TARGET, Broken(13), PROMPT, 8, Sampling(temperature=0))
    assert tokens.equal(generate(TARGET, PROMPT, 8, temperature=0))
    assert calls == 8


def test_the_latest_earlier_occurrence_of_the_longest_end_is_copied():
    lookup = NgramLookup(13, tokens=2, longest=2)
    #  at 0: 1 2 -> 3 4;  at 4: 1 2 -> 5 1: the later one
    assert lookup.lookup([1, 2, 3, 4, 1, 2, 5, 1, 2]) == [5, 1]
    assert lookup.lookup([1, 2, 9, 7, 2]) == [9, 7]  # of one token
    assert lookup.lookup([1, 2, 3]) == []
    assert lookup.lookup([5, 5, 5]) == [5]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DraftModel(TARGET, 0), "tokens: expected a whole number >= 1, got 0"),
        (lambda: NgramLookup(13, 0), "tokens: expected a whole number >= 1, got 0"),
        (lambda: NgramLookup(13, 2, 1, 2), "expected 1 <= shortest <= longest, got 2 and 1"),
        (lambda: DraftModel(decoder(mixer=Mamba)), "draft: expected a model that keeps every token"),
        (
            lambda: speculative_generate(decoder(mixer=Mamba), NgramLookup(13), PROMPT, 3),
            "draft: expected a model that",
        ),
        (lambda: speculative_generate(TARGET, None, PROMPT + 50, 3), "input_ids: expected numbers from 0 to 12"),
        (lambda: speculative_generate(TARGET, None, PROMPT, 60), "request: expected at most 48 tokens"),
    ],
)
def test_bad_input_is_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message):
        call()
