"""The scheduler: what each request gets alone it gets in any company; nobody is lost, no block leaks."""

from math import inf

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.attention import Attention
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving import Sampling, generate
from coursekit.serving.paged import PagedCache
from coursekit.serving.scheduling import Request, ResponseCache, Scheduler, continuous, static
from coursekit.ssm.mamba import Mamba

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=2, context=40)


def decoder(**parts):
    torch.manual_seed(0)
    model = Decoder(CONFIG, **parts).double().eval()
    for weight in model.parameters():
        weight.data += torch.randn_like(weight) * 0.3
    return model


MODEL = decoder()
GREEDY = Sampling(temperature=0)


def prompt(length, seed=0):
    return torch.randint(13, (length,), generator=torch.Generator().manual_seed(seed)).tolist()


def alone(request, model=MODEL):
    ids = torch.tensor([request.ids])
    return generate(model, ids, request.max_tokens, sampling=request.sampling, seed=request.seed)[0].tolist()


def made(n, length, max_tokens, sampling=GREEDY, **options):
    return Request(prompt(length, n), max_tokens, sampling, seed=n, **options)


def run(scheduler, requests, together=True):
    requests, drawn = list(requests), []
    waiting = list(requests)
    while waiting or scheduler.is_busy:
        while waiting:
            scheduler.submit(waiting.pop(0))
            if not together:
                break
        drawn += scheduler.step()
    return drawn


@pytest.mark.parametrize("admission", [continuous, static])
@pytest.mark.parametrize("chunk", [1, 5, 64])
@pytest.mark.parametrize("together", [True, False])
def test_in_any_company_a_request_gets_what_it_gets_alone(admission, chunk, together):
    sampling = Sampling(temperature=0.8, top_k=9)
    requests = [made(n, 3 + 4 * n, 12 - 2 * n, sampling if n % 2 else GREEDY) for n in range(5)]
    scheduler = Scheduler(PagedCache(MODEL, 60, 4), seats=3, chunk=chunk, admission=admission)
    drawn = run(scheduler, requests, together)
    for request in requests:
        assert request.all_ids == alone(request)
        assert request.reason == "length"
        assert [token for one, token in drawn if one is request] == request.tokens
        assert request.arrived <= request.first <= request.finished
    assert scheduler.cache.pool.available == 60
    assert not scheduler.cache.sequences


def test_a_model_with_a_state_is_served_alike():
    for parts in ({"mixer": Mamba, "ffn": None}, {"mixer": [Mamba, Attention]}):
        model = decoder(**parts)
        requests = [made(n, 3 + 4 * n, 9 - n) for n in range(4)]
        run(Scheduler(PagedCache(model, 60, 4), seats=3, chunk=5), requests)
        assert [request.all_ids for request in requests] == [alone(request, model) for request in requests]


def test_continuous_batching_fills_a_seat_at_once_and_static_waits_for_the_longest():
    # two seats; the first batch is one long request and one short: the third comes in when the short one has ended, or
    # when the long one has. A prompt of one token draws in the step in which it comes in: 2 ends after step 2, and 3
    # draws in step 3; with static batches after the long one's 10 steps, in step 11
    for admission, expected in ((continuous, 3), (static, 11)):
        requests = [made(1, 1, 10), made(2, 1, 2), made(3, 1, 2)]
        scheduler = Scheduler(PagedCache(MODEL, 60, 4), seats=2, admission=admission)
        for request in requests:
            scheduler.submit(request)
        step = 0
        while not requests[2].tokens:
            scheduler.step()
            step += 1
        assert step == expected


def test_a_long_prompt_lets_others_decode_between_its_chunks():
    scheduler = Scheduler(PagedCache(MODEL, 60, 4), seats=2, chunk=4)
    short, long = made(1, 1, 10), made(2, 12, 2)
    scheduler.submit(short)
    scheduler.step()
    scheduler.submit(long)
    seen = []
    while not long.tokens:
        seen.append([request is short for request, _ in scheduler.step()])
    # 12 tokens in chunks of 4: two steps in which only the short one draws, and in the third both
    assert seen == [[True], [True], [True, False]]


def test_prompts_share_the_tokens_of_a_step_in_the_order_in_which_they_came():
    scheduler = Scheduler(PagedCache(MODEL, 60, 4), seats=3, chunk=4)
    requests = [made(1, 6, 9), made(2, 5, 9), made(3, 1, 9)]
    for request in requests:
        scheduler.submit(request)
    lengths = []
    for _ in range(3):
        scheduler.step()
        lengths.append([request.text.length for request in requests])
    # 4 of the first; its last 2 and 2 of the second; the second's last 3 and, beside them, one drawn token each
    assert lengths == [[4, 0, 1], [6, 2, 2], [7, 5, 3]]


def test_memory_runs_out_the_last_waits_and_nothing_is_lost():
    requests = [made(n, 6, 20) for n in range(4)]
    # 26 tokens each are 7 blocks; 9 blocks hold one whole request and a part of another
    scheduler = Scheduler(PagedCache(MODEL, 9, 4), seats=4)
    run(scheduler, requests)
    assert scheduler.preemptions > 0
    assert requests[0].preempted == 0
    assert [request.all_ids for request in requests] == [alone(request) for request in requests]
    assert scheduler.cache.pool.available == 9


def test_draws_are_not_repeated_after_a_preemption():
    sampling = Sampling(temperature=1.3)
    requests = [made(n, 6, 20, sampling) for n in range(3)]
    scheduler = Scheduler(PagedCache(MODEL, 9, 4), seats=3)
    run(scheduler, requests)
    assert scheduler.preemptions > 0
    assert [request.all_ids for request in requests] == [alone(request) for request in requests]


def test_requests_end_by_their_token_by_their_own_wish_or_by_the_budget():
    whole = alone(made(1, 3, 12))[3:]
    end = made(1, 3, 12, end=whole[4])
    until = made(1, 3, 12, until=lambda token: token == whole[4])
    length = made(1, 3, 12)
    run(Scheduler(PagedCache(MODEL, 60, 4)), [end, until, length])
    assert (end.reason, until.reason, length.reason) == ("end", "until", "length")
    assert end.tokens == until.tokens == whole[: whole.index(whole[4]) + 1]
    assert made(1, 3, 12, end=[98, 99]).ends == (98, 99)


def test_a_cancelled_request_gives_its_memory_back_wherever_it_is():
    scheduler = Scheduler(PagedCache(MODEL, 60, 4), seats=1)
    running, waiting, other = made(1, 3, 12), made(2, 3, 12), made(3, 3, 5)
    for request in (running, waiting, other):
        scheduler.submit(request)
    scheduler.step()
    scheduler.cancel(running)
    scheduler.cancel(running)
    scheduler.cancel(waiting)
    assert (running.reason, waiting.reason, len(running.tokens)) == ("cancelled", "cancelled", 1)
    run(scheduler, [])
    assert other.all_ids == alone(other)
    assert (len(running.tokens), waiting.tokens) == (1, [])
    assert scheduler.cache.pool.available == 60
    scheduler.cancel(other)
    assert other.reason == "length"


def _poisoned(self, inputs, logits):
    """Scores that are no numbers after token 12."""
    return logits.masked_fill((inputs[0] == 12)[..., None], float("nan"))


def _burst(scores, ids):
    raise RuntimeError("the step burst")


@pytest.mark.parametrize(
    ("bad", "hook", "message"),
    [
        (lambda: Request([1, 2, 99], 5, GREEDY), None, "input_ids: expected numbers from 0 to 12, got 99"),
        (lambda: Request([1, 2, 12], 5, GREEDY), _poisoned, "logits: expected finite numbers"),
        (lambda: Request([1, 2], 5, Sampling(steps=(_burst,))), None, "the step burst"),
        (lambda: Request([1, 2], 5, GREEDY, until=lambda token: 1 / 0), None, "division by zero"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_request_that_fails_does_not_take_the_others_with_it(bad, hook, message, place):
    model = decoder()
    good = [Request([1, 2, 3], 6, GREEDY), Request([4, 5, 6], 8, GREEDY)]
    model.head.register_forward_hook(lambda module, given, logits: logits.index_fill(-1, torch.tensor(12), -inf))
    expected = [alone(request, model) for request in good]  # without token 12, which will be poison
    if hook:
        model.register_forward_hook(hook)
    bad = bad()
    everybody = [*good[:place], bad, *good[place:]]
    scheduler = Scheduler(PagedCache(model, 60, 4))
    run(scheduler, everybody)
    assert bad.reason == "error"
    assert message in str(bad.error)
    assert [request.all_ids for request in good] == expected
    assert scheduler.cache.pool.available == 60


def test_what_can_never_fit_is_refused_at_the_door():
    scheduler = Scheduler(PagedCache(MODEL, 5, 4))
    with pytest.raises(ValueError, match="request: expected at most 20 tokens, prompt and answer, got 21"):
        scheduler.submit(made(1, 11, 10))
    with pytest.raises(ValueError, match="request: expected at most 40 tokens"):
        Scheduler(PagedCache(MODEL, 50, 4)).submit(made(1, 31, 10))
    assert not scheduler.is_busy


@settings(max_examples=30, deadline=None)
@given(
    work=st.lists(st.tuples(st.integers(1, 10), st.integers(1, 8), st.integers(0, 5)), min_size=1, max_size=7),
    seats=st.integers(1, 4),
    blocks=st.integers(5, 12),
    chunk=st.integers(1, 9),
    cancelled=st.sets(st.integers(0, 6)),
    admission=st.sampled_from([continuous, static]),
)
def test_no_block_leaks_and_nobody_is_lost_under_any_load(work, seats, blocks, chunk, cancelled, admission):
    scheduler = Scheduler(PagedCache(MODEL, blocks, 4), seats, chunk, admission)
    requests, step = [], 0
    coming = [(late, n, length, tokens) for n, (length, tokens, late) in enumerate(work)]
    while coming or scheduler.is_busy:
        for one in [one for one in coming if one[0] <= step]:
            coming.remove(one)
            request = made(one[1] % 2, one[2], one[3])  # two prompts that share their beginnings
            scheduler.submit(request)
            requests.append(request)
        scheduler.step()
        step += 1
        for n in cancelled:
            if n < len(requests) and step % 3 == 0:
                scheduler.cancel(requests[n])
        held = {block for request in scheduler.running for block in request.text.blocks}
        assert scheduler.cache.pool.available == blocks - len(held)
        assert step < 500
    assert scheduler.cache.pool.available == blocks
    for request in requests:
        assert request.reason in ("length", "cancelled")
        assert request.all_ids == alone(request)[: len(request.all_ids)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Request([], 3), "ids: expected at least one token, got none"),
        (lambda: Request([1], 0), "max_tokens: expected a whole number >= 1, got 0"),
        (lambda: Scheduler(PagedCache(MODEL, 3), seats=0), "seats: expected a whole number >= 1, got 0"),
        (lambda: Scheduler(PagedCache(MODEL, 3), chunk=0), "chunk: expected a whole number >= 1, got 0"),
        (lambda: ResponseCache(-1), "size: expected a whole number >= 0, got -1"),
    ],
)
def test_bad_numbers_are_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_response_cache_knows_the_last_answers():
    answers = ResponseCache(2)
    for question in "ab":
        answers.put(question, question.upper())
    assert answers.get("a") == "A"  # now b is the longest unused
    answers.put("c", "C")
    assert [answers.get(question) for question in "abc"] == ["A", None, "C"]
    assert (answers.hits, answers.asked) == (3, 4)
    nothing = ResponseCache(0)
    nothing.put("a", 1)
    assert nothing.get("a") is None
