"""Generation: rules by hand, the distribution of what is drawn, caches, and what is refused."""

from math import log
from types import SimpleNamespace

import pytest
import torch

from coursekit.diffusion import generate
from coursekit.diffusion.text import (
    LINEAR,
    BlockCausal,
    CachedBlocks,
    StalePrefix,
    above,
    ancestral,
    entropy,
    evenly,
    low_confidence,
    margin,
    random_order,
)
from coursekit.diffusion.text.rewind import rewind

MASK = 9
RULES = [random_order, low_confidence, margin, entropy]


def test_rules_by_hand():
    q = torch.tensor([[[0.5, 0.3, 0.2], [0.6, 0.4, 0.0]]], dtype=torch.float64)
    guesses = torch.tensor([[1, 0]])
    assert low_confidence(q.log(), guesses).tolist() == [pytest.approx([0.3, 0.6])]
    assert margin(q.log(), guesses).tolist() == [pytest.approx([0.2, 0.2])]
    expected = [0.5 * log(0.5) + 0.3 * log(0.3) + 0.2 * log(0.2), 0.6 * log(0.6) + 0.4 * log(0.4)]
    assert entropy(q.log(), guesses).tolist() == [pytest.approx(expected)]
    drawn = random_order(q.log(), guesses, torch.Generator().manual_seed(0))
    assert drawn.shape == (1, 2)
    assert ((drawn >= 0) & (drawn < 1)).all()


def test_paces_by_hand():
    none = -torch.inf
    scores = torch.tensor([[0.1, none, 0.9, 0.5, 0.8], [none, 0.2, none, none, none]])
    # 4 masks in 3 steps: 2, 1, 1; a row with one mask: now
    assert evenly(0, 3, scores).int().tolist() == [[0, 0, 1, 0, 1], [0, 1, 0, 0, 0]]
    assert evenly(2, 3, scores).int().tolist() == [[1, 0, 1, 1, 1], [0, 1, 0, 0, 0]]
    # 4 in 4 steps: one, or all that are sure
    assert above(0.5)(0, 4, scores).int().tolist() == [[0, 0, 1, 1, 1], [0, 1, 0, 0, 0]]
    assert above(0.95)(0, 4, scores).int().tolist() == [[0, 0, 1, 0, 0], [0, 1, 0, 0, 0]]
    # by chance: step 1 of 4 goes from t = 3/4 to 1/2: (1/2 - 1/4) / (3/4) = 1/3; the last step keeps everything
    many = torch.zeros(1, 30_000)
    kept = ancestral(LINEAR)(1, 4, many, torch.Generator().manual_seed(0)).double().mean().item()
    assert kept == pytest.approx(1 / 3, abs=4 * (2 / 9 / 30_000) ** 0.5)
    assert ancestral(LINEAR)(3, 4, scores).equal(scores > none)


@pytest.mark.parametrize("masks", range(1, 12))
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_evenly_spreads_and_ends(masks, steps):
    scores, counts = torch.zeros(1, masks), []
    for step in range(steps):
        kept = evenly(step, steps, scores)
        counts.append(kept.sum().item())
        scores = scores.masked_fill(kept, -torch.inf)
    assert sum(counts) == masks
    assert max(counts) - min(counts) <= 1


def test_step_by_step_by_hand():
    # answers that do not depend on what is seen: token 4 at place 2 with 0.9, at 0 with 0.5, at 1 with 0.7
    sure = torch.tensor([0.5, 0.7, 0.9])
    logits = torch.stack([((1 - sure) / 8).log()] * 10, -1)
    logits[:, 4], logits[:, MASK] = sure.log(), 20  # the mask is never the answer
    seen = []
    canvas = generate(
        lambda ids: logits.expand(len(ids), 3, 10),
        torch.tensor([[MASK]]),
        3,
        mask_id=MASK,
        length=3,
        watch=lambda canvas: seen.append(canvas.tolist()),
    )
    assert seen == [[[MASK, MASK, MASK]], [[MASK, MASK, 4]], [[MASK, 4, 4]], [[4, 4, 4]]]
    assert canvas.tolist() == [[4, 4, 4]]
    adaptive = []
    generate(
        lambda ids: logits.expand(len(ids), 3, 10),
        torch.tensor([[MASK]]),
        3,
        mask_id=MASK,
        length=3,
        pace=above(0.6),
        watch=lambda canvas: adaptive.append(canvas.tolist()),
    )
    assert adaptive == [[[MASK, MASK, MASK]], [[MASK, 4, 4]], [[4, 4, 4]]]


@pytest.mark.parametrize("remasking", RULES)
@pytest.mark.parametrize("pace", [evenly, above(0.5), ancestral(LINEAR)])
@pytest.mark.parametrize("temperature", [0, 1.0])
def test_everything_is_filled_and_what_was_given_stays(decoder, remasking, pace, temperature):
    model = decoder()
    prompt = torch.tensor([[1, MASK, 3, 4, MASK], [MASK, MASK, 3, 4, 5]])
    steps = []
    canvas = generate(
        model,
        prompt,
        6,
        4,
        remasking,
        mask_id=MASK,
        length=11,
        pace=pace,
        temperature=temperature,
        watch=lambda canvas: steps.append(canvas.clone()),
    )
    assert canvas.shape == (2, 11)
    assert (canvas != MASK).all()
    given = prompt != MASK
    assert canvas[:, :5][given].equal(prompt[given])
    for before, after in zip(steps, steps[1:]):  # a token that is kept is never changed, and blocks go in order
        assert after[before != MASK].equal(before[before != MASK])
        done = (after != MASK).all(0)
        assert done[:4].all() or (after[:, 5:] == MASK).all()
    assert len(steps) <= 7
    assert not canvas.is_inference()  # an ordinary tensor
    assert canvas.equal(
        generate(model, prompt, 6, 4, remasking, mask_id=MASK, length=11, pace=pace, temperature=temperature)
    )


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_the_perfect_denoiser_draws_what_theory_says(known, steps):
    # with as many steps as places: the truth; in one step: each place from its own distribution
    sequences, p, denoiser = known
    start = torch.full((20_000, 5), 3)
    drawn = torch.cat(
        [
            generate(denoiser, part, steps, remasking=random_order, mask_id=3, temperature=1.0, seed=seed)
            for seed, part in enumerate(start.split(5000))
        ]
    )
    code = torch.tensor([81, 27, 9, 3, 1])
    counts = torch.zeros(243).index_add_(0, (drawn * code).sum(1), torch.ones(20_000))
    expected = torch.zeros(243, dtype=torch.float64)
    expected[(sequences * code).sum(1)] = p
    if steps == 1:
        marginals = denoiser(start[:1])[0, :, :3].exp()
        expected = torch.ones(1, dtype=torch.float64)
        for marginal in marginals:
            expected = (expected[:, None] * marginal).flatten()
    distance = (counts / 20_000 - expected).abs().sum().item() / 2
    noise = (expected * (1 - expected) / 20_000).sqrt().sum().item() / 2  # above its mean, sqrt(2 / pi) of it
    if steps == 2:
        assert distance > 2 * noise
    else:
        assert distance < 1.2 * noise


@pytest.mark.parametrize("guidance", [0, 1.5])
@pytest.mark.parametrize("temperature", [0, 1.0])
def test_blocks_from_the_cache_are_those_read_anew(decoder, guidance, temperature):
    model = decoder()
    prompt = torch.randint(9, (3, 10), generator=torch.Generator().manual_seed(0))
    prompt[:, 7] = MASK
    given = {"steps": 14, "block_length": 4, "mask_id": MASK, "length": 27}
    given |= {"temperature": temperature, "guidance": guidance}
    cached, anew = (generate(model, prompt, reader=reader, **given) for reader in (CachedBlocks, BlockCausal))
    assert cached.equal(anew)
    whole = generate(model, prompt, **given)
    assert not whole.equal(anew)  # which sees later blocks, too: masks, but they are read


def test_logits_from_the_cache_equal_those_under_the_mask(decoder):
    model, canvas = decoder(), torch.randint(10, (2, 11), generator=torch.Generator().manual_seed(0))
    cached, anew = CachedBlocks(model, 2, 4), BlockCausal(model, 2, 4)
    with torch.no_grad():
        for start, stop in ((0, 4), (4, 8), (8, 11)):
            for guess in (3, 5):
                canvas[:, start] = guess
                torch.testing.assert_close(
                    cached.logits(canvas, start, stop), anew.logits(canvas, start, stop), rtol=0, atol=1e-10
                )
            cached.close(canvas, start, stop)
    assert cached.cache.length == 11


def test_a_stale_prefix_is_exact_at_a_block_s_first_step_and_for_a_model_of_blocks(decoder):
    model, canvas = decoder(), torch.randint(10, (2, 11), generator=torch.Generator().manual_seed(0))
    reader = StalePrefix(model, 2, 4)
    with torch.no_grad():
        for start, stop in ((0, 4), (4, 8), (8, 11)):
            first = reader.logits(canvas, start, stop)
            torch.testing.assert_close(first, model(canvas)[:, start:stop], rtol=0, atol=1e-10)
            again = reader.logits(canvas, start, stop)
            torch.testing.assert_close(again, first, rtol=0, atol=1e-10)
            canvas[:, start] = (canvas[:, start] + 1) % 9
            changed, exact = reader.logits(canvas, start, stop), model(canvas)[:, start:stop]
            if start:  # what stands before has not seen the change
                assert (changed - exact).abs().max() > 1e-4
            else:
                torch.testing.assert_close(changed, exact, rtol=0, atol=1e-10)
            reader.close(canvas, start, stop)


def test_guidance_pushes_away_from_no_prompt_and_hides_the_prompt_alone():
    # tokens 3 and 4: logits (1, 0) with the prompt, (0, 2) without. g = 1/2: (1.5 - 0, 0 - 1) = (1.5, -1): token 3;
    # a mean of the two would have said 4: (0.5, 1)
    seen = []

    def model(ids):
        seen.append(ids.tolist())
        logits = torch.full((*ids.shape, 10), -50.0)
        logits[..., 3], logits[..., 4] = 1.0, 0.0
        logits[ids[:, 0] == MASK, :, 3], logits[ids[:, 0] == MASK, :, 4] = 0.0, 2.0
        logits[:, 2] = logits[:, 2] / 2  # place 1 is surer
        return logits

    canvas = generate(model, torch.tensor([[1, MASK, MASK]]), 2, mask_id=MASK, guidance=0.5)
    assert canvas.tolist() == [[1, 3, 3]]
    assert seen[0] == [[1, MASK, MASK], [MASK, MASK, MASK]]
    assert seen[1] == [[1, 3, MASK], [MASK, 3, MASK]]  # what is written stays, in both


def test_guidance_by_hand(decoder):
    model, prompt = decoder(), torch.tensor([[1, 2, MASK]])
    with torch.no_grad():
        with_prompt, without = model(prompt)[0, 2], model(torch.tensor([[MASK] * 3]))[0, 2]
    for guidance in (0.5, 4.0):
        logits = (1 + guidance) * with_prompt - guidance * without
        logits[MASK] = -torch.inf
        assert generate(model, prompt, 1, mask_id=MASK, guidance=guidance)[0, 2] == logits.argmax()


def test_no_buffer_grows_with_the_steps(decoder, Made):
    model, prompt = decoder(vocab_size=50), torch.full((2, 40), 49)
    largest = []
    for steps in (1, 40):
        with Made() as made:
            generate(model, prompt, steps, mask_id=49)
        largest.append(made.largest)
    assert largest == [2 * 40 * 50] * 2


def test_half_precision_draws_from_float32():
    logits = torch.zeros(1, 2, 10, dtype=torch.bfloat16)
    canvas = generate(lambda ids: logits, torch.tensor([[MASK, MASK]]), 1, mask_id=MASK, temperature=1.0)
    assert (canvas < MASK).all()


def test_a_state_cannot_be_rewound(decoder):
    state = SimpleNamespace(length=3, layers=[SimpleNamespace(state=torch.zeros(1))])
    with pytest.raises(ValueError, match="^cache: expected layers that keep every token, got SimpleNamespace$"):
        rewind(state, 2)
    cache = decoder().new_cache(1)
    with pytest.raises(ValueError, match="^length: expected 0 to 0, the tokens of the cache, got 1$"):
        rewind(cache, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps: expected a whole number >= 1, got 0"),
        ({"steps": 5}, r"steps: expected 1 \(one for each block with masks\) to 4 \(the masks\), got 5"),
        ({"steps": 1, "block_length": 4}, r"steps: expected 2 \(one for each block .* to 4 \(the masks\), got 1"),
        ({"steps": 1.5}, "steps: expected a whole number >= 1, got 1.5"),
        ({"block_length": 0}, "block_length: expected a whole number >= 1, got 0"),
        ({"length": 1}, r"prompt: expected at most 1 tokens \(length\), got 2"),
        ({"length": None}, "prompt: expected places to fill, masks or a greater length, got all of them fixed"),
        ({"mask_id": None}, r"mask_id: expected the id of a mask token in the model's vocabulary \(0 to 9\), got None"),
        ({"mask_id": 10}, r"mask_id: expected the id of a mask token in the model's vocabulary \(0 to 9\), got 10"),
        ({"prompt": torch.tensor([1, 2])}, r"prompt: expected integers of shape \(B, T\), .*, got torch.int64 \(2,\)"),
        ({"prompt": torch.zeros(1, 0, dtype=torch.long)}, r"prompt: expected integers of shape \(B, T\), at least one"),
        ({"temperature": -1}, "temperature: expected a finite number >= 0, got -1"),
        ({"guidance": float("nan")}, "guidance: expected a finite number >= 0, got nan"),
        (
            {"guidance": 1.0, "prompt": torch.tensor([[MASK]])},
            "guidance: expected a prompt to be compared with none, got a canvas of masks alone",
        ),
    ],
)
def test_what_is_refused(decoder, changes, message):
    given = {"prompt": torch.tensor([[1, 2]]), "steps": 2, "length": 6, "mask_id": MASK} | changes
    with pytest.raises(ValueError, match=f"^{message}"):
        generate(decoder(), **given)
