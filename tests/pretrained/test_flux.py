"""FLUX's transformer equals diffusers' on tiny random configurations; packing, coordinates and Redux likewise.

float32, where diffusers computes angles and rotations in it; logits of order 1 through a few blocks: 1e-4.
"""

from types import SimpleNamespace

import pytest
import torch

from coursekit.diffusion.flow import euler, flow_times, flux_shift
from coursekit.diffusion.flux import coordinates, pack, unpack
from coursekit.diffusion.flux.conditions import Redux
from coursekit.pretrained import from_diffusers

WHY = "diffusers is not installed: it is in the extra `hf`"
TINY = {
    "patch_size": 1,
    "in_channels": 16,
    "num_layers": 2,
    "num_single_layers": 3,
    "attention_head_dim": 16,
    "num_attention_heads": 2,
    "joint_attention_dim": 24,
    "pooled_projection_dim": 12,
    "axes_dims_rope": (4, 4, 8),
}


@pytest.fixture(scope="module")
def diffusers():
    return pytest.importorskip("diffusers", reason=WHY)


def build(diffusers, **changes):
    torch.manual_seed(0)
    model = diffusers.FluxTransformer2DModel(**TINY | changes).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)
    return model


def inputs(channels=16, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shapes = {"image": (2, 12, channels), "text": (2, 7, 24), "pooled": (2, 12)}
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def theirs(model, image, text, pooled, t, places, guidance=None):
    return model(
        hidden_states=image,
        encoder_hidden_states=text,
        pooled_projections=pooled,
        timestep=t,
        img_ids=places,
        txt_ids=torch.zeros(text.shape[1], 3),
        guidance=guidance,
    ).sample


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"guidance_embeds": True},
        {"in_channels": 48, "out_channels": 16},
        {"num_layers": 0},
        {"num_single_layers": 0},
        {"num_attention_heads": 3, "attention_head_dim": 12, "axes_dims_rope": (2, 6, 4)},
    ],
)
def test_velocities_equal_those_of_diffusers(diffusers, changes):
    model = build(diffusers, **changes)
    given = inputs(changes.get("in_channels", 16)) | {"t": torch.tensor([0.9, 0.35]), "places": coordinates(6, 8)}
    if changes.get("guidance_embeds"):
        given["guidance"] = torch.tensor([3.5, 1.0])
    with torch.no_grad():
        expected, velocity = theirs(model, **given), from_diffusers(model)(**given)
    assert expected.std() > 0.3
    torch.testing.assert_close(velocity, expected, rtol=0, atol=1e-4)


def test_a_whole_image_equals_that_of_diffusers_step_by_step(diffusers):
    model, given, places = build(diffusers), inputs(), coordinates(6, 8)
    ours, mu, seen = from_diffusers(model), flux_shift(12), []
    times = flow_times(5, mu)

    def velocity(x, t):
        return ours(x, given["text"], given["pooled"], t, places)

    with torch.no_grad():
        euler(velocity, given["image"], times, seen.append)
        scheduler = diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True)
        scheduler.set_timesteps(sigmas=torch.linspace(1, 1 / 5, 5).tolist(), mu=mu)
        x = given["image"]
        for i, t in enumerate(scheduler.timesteps):
            torch.testing.assert_close(seen[i], x, rtol=0, atol=1e-4)
            answer = theirs(model, x, given["text"], given["pooled"], (t / 1000).expand(2), places)
            x = scheduler.step(answer, t, x).prev_sample
    torch.testing.assert_close(seen[-1], x, rtol=0, atol=1e-4)


def test_weights_are_copies_in_the_dtype_of_the_model(diffusers):
    model = build(diffusers).bfloat16()
    transformer = from_diffusers(model)
    assert not transformer.training
    assert {weight.dtype for weight in transformer.parameters()} == {torch.bfloat16}
    with torch.no_grad():
        model.x_embedder.weight.zero_()
    assert transformer.image_in.weight.abs().sum() > 0
    assert transformer.parameter_count() == sum(weight.numel() for weight in model.parameters())


def test_packing_is_that_of_the_pipeline(diffusers):
    pipeline = diffusers.FluxPipeline
    latents = torch.randn(2, 4, 6, 8, generator=torch.Generator().manual_seed(0))
    packed = pipeline._pack_latents(latents, 2, 4, 6, 8)
    assert pack(latents).equal(packed)
    assert unpack(packed, 6, 8).equal(pipeline._unpack_latents(packed, 48, 64, 8))
    assert coordinates(6, 8).equal(pipeline._prepare_latent_image_ids(1, 3, 4, "cpu", torch.float32))


def test_redux_is_that_of_diffusers(diffusers):
    from diffusers.pipelines.flux.modeling_flux import ReduxImageEncoder

    torch.manual_seed(0)
    encoder, ours = ReduxImageEncoder(redux_dim=6, txt_in_features=5), Redux(6, 5)
    ours.load_state_dict({name.removeprefix("redux_"): weight for name, weight in encoder.state_dict().items()})
    features, text = torch.randn(2, 3, 6), torch.randn(2, 4, 5)
    with torch.no_grad():
        expected = torch.cat([text, encoder(features).image_embeds], 1)
        torch.testing.assert_close(ours(text, features), expected, rtol=0, atol=1e-6)


def test_another_model_is_refused():
    with pytest.raises(ValueError, match="^expected a FluxTransformer2DModel, got Linear$"):
        from_diffusers(torch.nn.Linear(2, 2))
    config = SimpleNamespace(patch_size=2, axes_dims_rope=(4, 4, 8), attention_head_dim=16, num_single_layers=1)
    with pytest.raises(ValueError, match="^expected patch_size 1 and axes_dims_rope .*, got 2, "):
        from_diffusers(SimpleNamespace(config=config))
