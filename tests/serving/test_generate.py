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


@pytest.mark.parametrize(
    ("prompt", "options", "message"),
    [
        (torch.zeros(3, dtype=torch.long), {}, r"expected shape \(B, T\) with T >= 1, got \(3,\)"),
        (torch.zeros(1, 0, dtype=torch.long), {}, "T >= 1"),
        (PROMPT, {"temperature": -1}, "temperature: expected >= 0, got -1"),
        (PROMPT, {"max_tokens": 30}, "expected at most 24 tokens"),
    ],
)
def test_bad_input_is_one_clear_line(model, prompt, options, message):
    with pytest.raises(ValueError, match=message):
        generate(model, prompt, **{"max_tokens": 2, **options})
