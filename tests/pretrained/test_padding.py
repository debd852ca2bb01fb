"""Batches of unequal prompts, padded on the left, against transformers with its `attention_mask`, and against each row
alone. Tolerance as in test_from_transformers.py, and in test_zamba2.py for the hybrids.
"""

import pytest
import torch

from coursekit.pretrained import from_transformers
from coursekit.serving import generate

MODELS = {
    "gpt2": lambda tiny: tiny.gpt2(),
    "llama": lambda tiny: tiny.llama(),
    "mistral, window": lambda tiny: tiny.mistral(sliding_window=5),
    "qwen3": lambda tiny: tiny.qwen3(),
    "gemma3": lambda tiny: tiny.gemma3(),
    "mamba": lambda tiny: tiny.mamba(),
    "mamba, use_bias": lambda tiny: tiny.mamba(use_bias=True),
    "falcon_mamba": lambda tiny: tiny.falcon_mamba(),
    "mamba2": lambda tiny: tiny.mamba2(),
    "mamba2, use_bias": lambda tiny: tiny.mamba2(use_bias=True),
    "zamba2": lambda tiny: tiny.zamba2(time_step_min=1e-9),
    "falcon_h1": lambda tiny: tiny.falcon_h1(),
}
LENGTHS = (13, 7, 1)
IDS = torch.randint(3, 31, (3, 13), generator=torch.Generator().manual_seed(1))
REAL = torch.arange(13) >= 13 - torch.tensor(LENGTHS)[:, None]  # (B, T)
PROMPT = IDS.masked_fill(~REAL, 0)


@pytest.mark.parametrize("name", MODELS)
def test_logits_are_those_of_each_row_alone_and_of_transformers(tiny, name):
    model = MODELS[name](tiny)
    decoder = from_transformers(model)
    with torch.no_grad():
        logits = decoder(PROMPT, mask=REAL[:, None, None])
        for i, length in enumerate(LENGTHS):
            alone = IDS[i : i + 1, -length:]
            torch.testing.assert_close(logits[i : i + 1, -length:], decoder(alone), rtol=0, atol=1e-10)
            torch.testing.assert_close(logits[i : i + 1, -length:], model(alone).logits.double(), rtol=0, atol=2e-5)
        options = {"attention_mask": REAL.long()}
        if name == "gpt2":  # whose forward counts the padding
            options["position_ids"] = (REAL.cumsum(-1) - 1).clamp(min=0)
        expected = model(PROMPT, **options).logits.double()
    if (
        "use_bias" not in name
    ):  # transformers hides padding from the projection, whose bias then reaches the convolution
        torch.testing.assert_close(logits[REAL], expected[REAL], rtol=0, atol=2e-5)


@pytest.mark.parametrize("name", MODELS)
def test_greedy_tokens_are_those_of_each_row_alone_and_of_transformers(tiny, name):
    model = MODELS[name](tiny)
    decoder = from_transformers(model)
    tokens = generate(decoder, PROMPT, 6, temperature=0, attention_mask=REAL.long())
    for i, length in enumerate(LENGTHS):
        alone = IDS[i : i + 1, -length:]
        assert tokens[i, -6:].equal(generate(decoder, alone, 6, temperature=0)[0, -6:])
        # alone, because transformers pads the states of its recurrent models
        options = {"max_new_tokens": 6, "min_new_tokens": 6, "do_sample": False, "use_cache": False}
        model.generation_config.eos_token_id = None
        theirs = model.generate(alone, attention_mask=torch.ones_like(alone), **options)
        assert tokens[i, -6:].equal(theirs[0, -6:])


def test_without_the_mask_the_padding_is_read(tiny):
    decoder = from_transformers(tiny.llama())
    masked = generate(decoder, PROMPT, 6, temperature=0, attention_mask=REAL)
    assert not generate(decoder, PROMPT, 6, temperature=0)[:, -6:].equal(masked[:, -6:])
