"""The whole pipeline in miniature: what diffusers draws is what our transformer and our sampler draw."""

import pytest
import torch

from coursekit.diffusion.flow import euler, flow_times, flux_shift
from coursekit.diffusion.flux import coordinates, pack, unpack
from coursekit.diffusion.flux.conditions import fill_tokens
from coursekit.pretrained import from_diffusers
from coursekit.pretrained.tiny_flux import tiny_flux

pytest.importorskip("diffusers", reason="diffusers is not installed: it is in the extra `hf`")
NOISE = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
SIZE = {"height": 32, "width": 32, "num_inference_steps": 4, "guidance_scale": 3.5}


def words(pipeline):
    text, pooled, _ = pipeline.encode_prompt("un siete", None, max_sequence_length=16)
    return text, pooled


@pytest.mark.parametrize("shifted", [True, False])
def test_latents_are_those_of_the_pipeline(shifted):
    pipeline = tiny_flux(shifted=shifted)
    expected = pipeline("un siete", latents=pack(NOISE), max_sequence_length=16, output_type="latent", **SIZE).images
    model, (text, pooled) = from_diffusers(pipeline.transformer), words(pipeline)
    guidance = torch.tensor([3.5]) if shifted else None

    def velocity(x, t):
        return model(x, text, pooled, t, coordinates(16, 16), guidance)

    latents = euler(velocity, pack(NOISE), flow_times(4, flux_shift(64) if shifted else 0.0))
    assert (latents - pack(NOISE)).abs().max() > 0.1
    torch.testing.assert_close(latents, expected, rtol=0, atol=1e-4)


def test_a_hole_is_filled_as_the_pipeline_fills_it(monkeypatch):
    pipeline, seen = tiny_flux(fill=True), []
    cut = pipeline.prepare_mask_latents
    monkeypatch.setattr(pipeline, "prepare_mask_latents", lambda *given: seen.append(cut(*given)) or seen[0])
    image, mask = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1)), torch.zeros(1, 1, 32, 32)
    mask[..., 10:20, 5:31] = 1
    expected = pipeline(
        "un siete",
        image=image,
        mask_image=mask,
        latents=pack(NOISE),
        max_sequence_length=16,
        output_type="latent",
        generator=torch.Generator().manual_seed(2),
        **SIZE,
    ).images
    (their_mask, kept) = seen[0]  # the autoencoder's latents are drawn by chance: these ones
    beside = fill_tokens(NOISE, unpack(kept, 16, 16), mask[:, 0])[..., 16:]
    assert beside[..., :16].equal(kept)
    assert beside[..., 16:].equal(their_mask)
    model, (text, pooled) = from_diffusers(pipeline.transformer), words(pipeline)

    def velocity(x, t):
        tokens = torch.cat([x, beside], -1)
        return model(tokens, text, pooled, t, coordinates(16, 16), torch.tensor([3.5]))

    latents = euler(velocity, pack(NOISE), flow_times(4, flux_shift(64)))
    torch.testing.assert_close(latents, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("fill", [False, True])
def test_it_draws_an_image(fill):
    pipeline, generator = tiny_flux(fill=fill), torch.Generator().manual_seed(0)
    extra = {"image": torch.rand(1, 3, 32, 32), "mask_image": torch.ones(1, 1, 32, 32)} if fill else {}
    images = pipeline("un siete", generator=generator, output_type="np", **extra, **SIZE).images
    assert images.shape == (1, 32, 32, 3)
    assert images.std() > 0
