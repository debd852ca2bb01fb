import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving import generate


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Decoder(DecoderConfig(vocab_size=11, width=16, layers=2, heads=2, context=24)).double().eval()


PROMPT = torch.tensor([[1, 2, 3], [4, 5, 6]])


def test_greedy_decoding_with_the_cache_equals_reading_everything_again(model):
    tokens = PROMPT
    for _ in range(8):
        tokens = torch.cat([tokens, model(tokens)[:, -1].argmax(-1, keepdim=True)], dim=1)
    assert generate(model, PROMPT, 8, temperature=0).equal(tokens)


def test_draws_follow_the_model_s_distribution(model):
    # One step from the same prompt, 4000 rows: frequencies within 4 standard errors of the probabilities.
    rows = 4000
    with torch.no_grad():
        p = model(PROMPT[:1])[0, -1].div(0.5).softmax(-1)
    drawn = generate(model, PROMPT[:1].expand(rows, -1), 1, temperature=0.5)[:, -1]
    frequency = torch.bincount(drawn, minlength=11) / rows
    assert ((frequency - p).abs() <= 4 * (p * (1 - p) / rows).sqrt() + 1 / rows).all()


def test_the_seed_decides(model):
    first = generate(model, PROMPT, 8, seed=1)
    assert generate(model, PROMPT, 8, seed=1).equal(first)
    assert not generate(model, PROMPT, 8, seed=2).equal(first)


def test_a_row_that_has_ended_is_padded_and_all_ended_stops(model):
    free = generate(model, PROMPT, 12, seed=3)
    stop = int(free[0, 5])
    tokens = generate(model, PROMPT, 12, stop=stop, seed=3)
    for row, whole in zip(tokens, free):
        hits = (whole[3:] == stop).nonzero()
        end = 3 + int(hits[0]) if len(hits) else len(whole)
        assert row[: end + 1].equal(whole[: end + 1])
        assert (row[end + 1 :] == stop).all()
    alone = generate(model, PROMPT[:1], 12, stop=stop, seed=3)
    assert alone.shape[1] <= 3 + 12
    assert (alone[0] == stop).sum() == 1
    assert alone[0, -1] == stop


def test_what_was_generated_can_be_trained_on(model):
    tokens = generate(model, PROMPT, 4)
    tokens += 0  # an ordinary tensor, which may change in place
    model(tokens).sum().backward()
    assert model.embedding.tokens.weight.grad.any()
    assert generate(model, PROMPT, 0).equal(PROMPT)


def test_the_steps_run_in_inference_mode(model):
    seen = []
    model.register_forward_hook(lambda *_: seen.append(torch.is_inference_mode_enabled()))
    generate(model, PROMPT, 2)
    assert seen == [True, True]
    assert not torch.is_inference_mode_enabled()


def test_cold_temperatures_take_the_most_probable_token_and_hot_ones_any(model):
    greedy = generate(model, PROMPT, 6, temperature=0)
    assert generate(model, PROMPT, 6, temperature=1e-6).equal(greedy)
    assert generate(model, PROMPT[:1].expand(300, -1), 1, temperature=1e30)[:, -1].unique().tolist() == list(range(11))


def test_prompts_of_unequal_length_are_padded_on_the_left(model):
    torch.manual_seed(1)
    for weight in model.parameters():
        weight.data += torch.randn_like(weight) * 0.5  # otherwise each token only repeats itself
    real = torch.tensor([[1, 1, 1], [0, 0, 1]])
    tokens = generate(model, PROMPT, 6, temperature=0, attention_mask=real)
    assert tokens[:1].equal(generate(model, PROMPT[:1], 6, temperature=0))
    assert tokens[1:, 2:].equal(generate(model, PROMPT[1:, 2:], 6, temperature=0))
    assert tokens.equal(generate(model, PROMPT, 6, temperature=0, attention_mask=real.bool()))
    assert not tokens.equal(generate(model, PROMPT, 6, temperature=0))
    # rows that end go on being padded, and draws are made from the masked scores
    stop = int(tokens[1, 4])
    ended = generate(model, PROMPT, 6, temperature=0, attention_mask=real, stop=stop)
    assert (ended[1, 4:] == stop).all()
    everything = torch.ones(2, 3)
    assert generate(model, PROMPT, 6, seed=4, attention_mask=everything).equal(generate(model, PROMPT, 6, seed=4))


PADDED_WRONG = "attention_mask: expected padding on the left alone, so that every row ends in a real token"


@pytest.mark.parametrize(
    ("prompt", "options", "message"),
    [
        (torch.zeros(3, dtype=torch.long), {}, r"expected integers of shape \(B, T\) with T >= 1, got .* \(3,\)"),
        (torch.zeros(1, 0, dtype=torch.long), {}, "T >= 1"),
        (torch.zeros(1, 2), {}, "prompt: expected integers .* got torch.float32"),
        (PROMPT > 3, {}, "prompt: expected integers .* got torch.bool"),
        *[
            (PROMPT, {"temperature": bad}, "temperature: expected 0, or a finite number >= 1e-06, got ")
            for bad in (-1, float("nan"), float("inf"), -float("inf"), 1e-45, 1e-7, True, False, "1", None, 1j, [1.0])
        ],
        *[
            (PROMPT, {"max_tokens": bad}, "max_tokens: expected a whole number >= 0, got ")
            for bad in (-1, 2.0, float("nan"), True, "2", None)
        ],
        ([[1, 2]], {}, "prompt: expected a tensor, got list"),
        (PROMPT + 50, {}, "input_ids: expected numbers from 0 to 10, got 56"),
        *[(PROMPT, {"stop": bad}, "stop: expected the id of a token, or None, got ") for bad in ("a", 2.0, True)],
        (PROMPT, {"attention_mask": [[1, 1, 1]] * 2}, r"attention_mask: expected a tensor .*, \(2, 3\), got list"),
        (PROMPT, {"max_tokens": 30}, "expected at most 24 tokens"),
        (PROMPT, {"attention_mask": torch.tensor([[1, 1, 0], [1, 1, 1]])}, PADDED_WRONG),
        (PROMPT, {"attention_mask": torch.tensor([[1, 0, 1], [1, 1, 1]])}, PADDED_WRONG),
        (PROMPT, {"attention_mask": torch.tensor([[0, 0, 0], [1, 1, 1]])}, PADDED_WRONG),
        (
            PROMPT,
            {"attention_mask": torch.ones(2, 4)},
            r"attention_mask: expected a tensor of the shape of input_ids, \(2, 3\)",
        ),
        (PROMPT, {"attention_mask": torch.full((2, 3), -1e9)}, "attention_mask: expected 1 for real tokens and 0"),
    ],
)
def test_bad_input_is_one_clear_line(model, prompt, options, message):
    with pytest.raises(ValueError, match=message) as caught:
        generate(model, prompt, **{"max_tokens": 2, **options})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("temperature", [0, 1.0])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_model_whose_scores_are_no_numbers_is_not_sampled(model, temperature, bad):
    model.head.register_forward_hook(lambda module, given, logits: torch.full_like(logits, bad))
    with pytest.raises(ValueError, match="logits: expected finite numbers, got NaN or infinity"):
        generate(model, PROMPT, 2, temperature=temperature)


def test_a_token_may_be_banned(model):
    model.head.register_forward_hook(
        lambda module, given, logits: logits.index_fill(-1, torch.tensor([3, 5]), -float("inf"))
    )
    drawn = generate(model, PROMPT[:1].expand(200, -1), 3)[:, 3:]
    assert sorted(drawn.unique().tolist()) == [0, 1, 2, 4, 6, 7, 8, 9, 10]
