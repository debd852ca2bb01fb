"""Checkpoints in half precision, as the hub has them: loaded in their dtype, and as near to the same weights in float64
as transformers is, whose scans and norms run in float32 too.
"""

import pytest
import torch

from coursekit.pretrained import FAMILIES, from_transformers
from coursekit.serving import generate

DECODERS = sorted(set(FAMILIES) - {"bert", "llada", "modernbert", "t5"})
STATES = {"mamba", "falcon_mamba", "mamba2", "zamba2", "falcon_h1"}
IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))
EXPERTS = {"mixtral", "deepseek_v3", "qwen3_moe"}
DTYPES = pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])


def build(tiny, family):
    model = getattr(tiny, family.removesuffix("_text"))()
    if family in EXPERTS:
        model.set_experts_implementation("eager")  # torch's grouped product takes no float64
    return model


def call(model, family):
    return model(IDS, decoder_input_ids=IDS).logits if family == "t5" else model(IDS).logits


def off(logits, expected):
    return ((logits.double() - expected).norm() / expected.norm()).item()


def off_at_most_tokens(logits, expected):
    """Two experts with nearly the same score change places within the rounding, at few tokens: the median of all."""
    return ((logits.double() - expected).norm(dim=-1) / expected.norm(dim=-1)).median().item()


@pytest.mark.parametrize("family", FAMILIES)
@DTYPES
def test_logits_are_as_near_as_those_of_transformers(tiny, family, dtype):
    model = build(tiny, family).to(dtype)
    with torch.no_grad():
        expected = call(build(tiny, family).to(dtype).double(), family).double()  # the same rounded weights
        theirs, decoder = call(model, family), from_transformers(model)
        assert {weight.dtype for weight in decoder.parameters()} == {dtype}
        logits = decoder(IDS, IDS) if family == "t5" else decoder(IDS)
    assert logits.dtype == dtype
    assert off(logits, expected) <= 2 * off(theirs, expected) + torch.finfo(dtype).eps


@pytest.mark.parametrize("family", DECODERS)
@DTYPES
def test_token_by_token_with_states_in_float32(tiny, family, dtype):
    decoder = from_transformers(build(tiny, family).to(dtype))
    exact = from_transformers(build(tiny, family).to(dtype).double())
    cache = decoder.new_cache(2)
    with torch.no_grad():
        steps = torch.cat([decoder(piece, cache) for piece in IDS.split([5] + [1] * 12, dim=1)], dim=1)
        error = off_at_most_tokens if family in EXPERTS else off
        assert error(steps, exact(IDS)) <= 2 * error(decoder(IDS), exact(IDS)) + 4 * torch.finfo(dtype).eps
    dtypes = {tensor.dtype for tensor in cache.tensors()}
    assert dtypes == ({dtype, torch.float32} if family in STATES else {dtype})
    tokens = generate(decoder, IDS, 3, temperature=0)
    assert tokens.shape == (2, 20)
    with torch.no_grad():  # each token is the best one, or as good as it within the rounding
        scores = exact(tokens[:, :-1])[:, 16:]
    taken = scores.gather(-1, tokens[:, 17:, None])[..., 0]
    assert (taken >= scores.amax(-1) - 8 * torch.finfo(dtype).eps * scores.abs().amax()).all()


@pytest.mark.parametrize("family", sorted(STATES))
def test_a_checkpoint_on_disk_comes_back_in_its_dtype_and_runs(tiny, family, tmp_path):
    transformers = pytest.importorskip("transformers")
    build(tiny, family).bfloat16().save_pretrained(tmp_path)
    loaded = transformers.AutoModelForCausalLM.from_pretrained(tmp_path)
    decoder = from_transformers(loaded)
    assert decoder.embedding.tokens.weight.dtype == torch.bfloat16
    with torch.no_grad():
        logits = decoder(IDS)
        assert logits.dtype == torch.bfloat16
        assert off(logits, loaded(IDS).logits.double()) < 1 / 8
    assert generate(decoder, IDS, 2).shape == (2, 19)
