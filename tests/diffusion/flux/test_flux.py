"""FLUX's miniature: packing by hand, identities of its parts, its four doors, and what is refused."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from coursekit.diffusion.flux import FluxConfig, FluxTransformer, coordinates, pack, unpack
from coursekit.diffusion.flux.conditions import Redux, control_tokens, fill_tokens, kontext_tokens
from coursekit.diffusion.flux.embeddings import waves
from coursekit.diffusion.flux.modulation import modulated
from coursekit.diffusion.flux.rotary import axes_table, rotate_pairs

CONFIG = FluxConfig(channels=8, text_width=10, pooled_width=6, heads=2, axes=(4, 4, 8), double=2, single=2)


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def build(**changes):
    torch.manual_seed(0)
    return FluxTransformer(replace(CONFIG, **changes)).double()


def call(model, image, places, seed=0, **changes):
    given = {"text": randn(2, 5, 10, seed=2), "pooled": randn(2, 6, seed=3), "t": torch.tensor([0.3, 0.8])} | changes
    return model(image, given["text"], given["pooled"], given["t"], places, given.get("guidance"))


def test_packing_by_hand():
    # one channel, 2 rows of 4: the left four, then the right four
    latents = torch.tensor([[[[1, 2, 3, 4], [5, 6, 7, 8]]]])
    assert pack(latents).tolist() == [[[1, 2, 5, 6], [3, 4, 7, 8]]]
    two = torch.cat([latents, latents * 10], 1)
    assert pack(two)[0, 0].tolist() == [1, 2, 5, 6, 10, 20, 50, 60]
    assert coordinates(4, 6).tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 0], [0, 1, 1], [0, 1, 2]]
    assert coordinates(2, 2, image=1).tolist() == [[1, 0, 0]]


@pytest.mark.parametrize("sizes", [(2, 2), (4, 6), (8, 2)])
def test_unpacking_undoes_packing(sizes):
    latents = randn(3, 5, *sizes)
    assert unpack(pack(latents), *sizes).equal(latents)
    assert len(coordinates(*sizes)) == pack(latents).shape[1]


def test_flux_s_own_size_is_counted():
    # FLUX.1 [dev]: 11.90 thousand million; counted on the meta device, where weights have no numbers
    with torch.device("meta"):
        model = FluxTransformer(FluxConfig(guidance=True))
    assert model.parameter_count() == 11_901_408_320
    assert (model.config.width, model.config.head_size) == (3072, 128)


def test_rotation_along_each_axis_depends_on_the_distance_alone():
    query, key, axes = randn(1, 1, 1, 16), randn(1, 1, 1, 16, seed=1), (4, 4, 8)

    def score(a, b):
        tables = [axes_table(torch.tensor([place]), axes) for place in (a, b)]
        return (rotate_pairs(query, *tables[0]) * rotate_pairs(key, *tables[1])).sum().item()

    for step in ([1, 0, 0], [0, 2, 0], [0, 0, 3]):
        there, far = [3 + s for s in step], [10 + s for s in step]
        assert score([3, 3, 3], there) == pytest.approx(score([10, 10, 10], far), abs=1e-12)
        assert abs(score([3, 3, 3], there) - score([3, 3, 3], [3, 3, 3])) > 1e-3
    nothing = rotate_pairs(query, *axes_table(torch.zeros(1, 3), axes))
    torch.testing.assert_close(nothing, query)


def test_rotation_by_hand():
    # axis 0 has one pair: frequency 1, so that (1, 0) at place 2 is (cos 2, sin 2)
    cos, sin = axes_table(torch.tensor([[2.0, 0, 0]]), (2, 2, 2))
    x = torch.tensor([1.0, 0, 1, 0, 1, 0], dtype=torch.float64).view(1, 1, 1, 6)
    expected = [-0.4161468365471424, 0.9092974268256817, 1, 0, 1, 0]
    assert rotate_pairs(x, cos, sin).flatten().tolist() == pytest.approx(expected, abs=1e-12)


def test_waves_by_hand():
    # t = 0: cosines 1, sines 0; the first frequency is 1: cos(1000 t)
    assert waves(torch.zeros(1), 4).tolist() == [[1, 1, 0, 0]]
    t = torch.tensor([0.002], dtype=torch.float64)
    expected = [-0.4161468365471424, 0.9998000066665778, 0.9092974268256817, 0.01999866669333308]
    assert waves(t, 4)[0].tolist() == pytest.approx(expected, abs=1e-12)  # angles 2 and 2 / 100


def test_modulation_by_hand():
    # (1, 3): mean 2, deviation 1: (-1, 1); times 1 + 0.5, plus 10
    one = torch.ones(1, 1, 2, dtype=torch.float64)
    y = modulated(torch.tensor([[[1.0, 3.0]]], dtype=torch.float64), 10 * one, 0.5 * one)
    assert y.flatten().tolist() == pytest.approx([8.5, 11.5], abs=1e-5)


def test_every_weight_learns_and_everything_is_seen():
    model = build(guidance=True)
    image, text = randn(2, 6, 8), randn(2, 5, 10, seed=2).requires_grad_()
    velocity = call(model, image, coordinates(4, 6), text=text, guidance=torch.tensor([3.5, 1.0]))
    assert velocity.shape == (2, 6, 8)
    velocity.square().sum().backward()
    assert all(weight.grad.any() for weight in model.parameters())
    assert (text.grad.abs().sum(-1) > 0).all()


def test_tokens_may_come_in_any_order_with_their_places():
    model, image, places = build(), randn(2, 6, 8), coordinates(4, 6)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    with torch.no_grad():
        expected = call(model, image, places)[:, order]
        torch.testing.assert_close(call(model, image[:, order], places[order]), expected, rtol=0, atol=1e-10)
        assert (call(model, image[:, order], places) - expected).abs().max() > 1e-4


def test_gates_at_zero_leave_the_streams_alone():
    # adaLN-zero: with modulations that are 0, a block adds nothing
    model, image = build(), randn(2, 6, 8)
    with torch.no_grad():
        for block in [*model.double_blocks, *model.single_blocks]:
            for part in [block] if hasattr(block, "modulation") else [block.text, block.image]:
                part.modulation.linear.weight.zero_()
                part.modulation.linear.bias.zero_()
        shift, scale = model.last(model.vector(torch.tensor([0.3, 0.8]), randn(2, 6, seed=3)))
        expected = model.image_out(modulated(model.image_in(image), shift, scale))
        torch.testing.assert_close(call(model, image, coordinates(4, 6)), expected, rtol=0, atol=1e-12)


def test_an_image_s_answer_does_not_depend_on_the_batch():
    model, image = build(), randn(2, 6, 8)
    with torch.no_grad():
        both = call(model, image, coordinates(4, 6))
        alone = call(
            model,
            image[1:],
            coordinates(4, 6),
            text=randn(2, 5, 10, seed=2)[1:],
            pooled=randn(2, 6, seed=3)[1:],
            t=torch.tensor([0.8]),
        )
    torch.testing.assert_close(both[1:], alone, rtol=0, atol=1e-10)


def test_the_doors_of_flux_have_its_sizes():
    # 1024 x 1024: 128 x 128 latents of 16 channels; here a sixteenth of the side
    noisy = torch.zeros(1, 16, 8, 8)
    assert pack(noisy).shape == (1, 16, 64)
    assert fill_tokens(noisy, noisy, torch.zeros(1, 64, 64)).shape == (1, 16, 384)
    assert control_tokens(noisy, noisy).shape == (1, 16, 128)
    tokens, places = kontext_tokens(noisy, torch.zeros(1, 16, 4, 6))
    assert tokens.shape == (1, 16 + 6, 64)
    assert places[:, 0].tolist() == [0] * 16 + [1] * 6
    assert places[16:, 1:].tolist() == coordinates(4, 6)[:, 1:].tolist()
    assert Redux(1152, 32)(torch.zeros(1, 7, 32), torch.zeros(1, 5, 1152)).shape == (1, 12, 32)


def test_the_mask_s_pixels_lie_beside_their_latent():
    # 2 x 2 latents, one token, 3 x 3 pixels a latent; the pixel in row 4, column 2 is row 1, column 2 of latent (1, 0)
    mask = torch.zeros(1, 6, 6)
    mask[0, 4, 2] = 1
    channels = fill_tokens(torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), mask)[0, 0, 8:]
    # channel (row 1, column 2) = 5 of nine, then latent (1, 0) = third of four
    assert channels.nonzero().flatten().tolist() == [5 * 4 + 2]


def test_each_door_runs_and_matters():
    noisy, other = randn(2, 2, 4, 4), randn(2, 2, 4, 4, seed=7)
    with torch.no_grad():
        for tokens in (partial(control_tokens, noisy), lambda x: fill_tokens(noisy, x, torch.ones(2, 8, 8))):
            model = build(channels=tokens(other).shape[-1], out_channels=8)
            answers = [call(model, tokens(x), coordinates(4, 4)) for x in (other, -other)]
            assert answers[0].shape == (2, 4, 8)
            assert (answers[0] - answers[1]).abs().max() > 1e-3
        model = build()
        answers = [call(model, *kontext_tokens(noisy, x))[:, :4] for x in (other, -other)]
        assert (answers[0] - answers[1]).abs().max() > 1e-4
        torch.manual_seed(0)
        redux, text = Redux(3, 10).double(), randn(2, 5, 10, seed=2)
        answers = [
            call(model, pack(noisy), coordinates(4, 4), text=redux(text, randn(2, 4, 3, seed=s))) for s in (0, 1)
        ]
        assert (answers[0] - answers[1]).abs().max() > 1e-4


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (
            lambda: pack(torch.zeros(1, 4, 3, 2)),
            r"latents: expected \(B, c, h, w\) with h and w even, got \(1, 4, 3, 2\)",
        ),
        (lambda: coordinates(4, 5), "expected h and w even, got 4 and 5"),
        (
            lambda: unpack(torch.zeros(1, 3, 4), 4, 4),
            r"expected h and w even and h w / 4 tokens of 4 c channels, got 4, 4",
        ),
        (
            lambda: fill_tokens(torch.zeros(1, 2, 4, 4), torch.zeros(1, 2, 4, 4), torch.zeros(1, 9, 8)),
            r"mask: expected \(1, p 4, p 4\), p pixels for each latent, got \(1, 9, 8\)",
        ),
        (
            lambda: fill_tokens(torch.zeros(1, 2, 4, 4), torch.zeros(1, 2, 4, 2), torch.zeros(1, 8, 8)),
            r"kept: expected latents of shape \(1, 2, 4, 4\), got \(1, 2, 4, 2\)",
        ),
        (
            lambda: control_tokens(torch.zeros(1, 2, 4, 4), torch.zeros(1, 2, 4, 2)),
            r"control: expected latents of shape \(1, 2, 4, 4\), got \(1, 2, 4, 2\)",
        ),
        (
            lambda: kontext_tokens(torch.zeros(1, 2, 4, 4), torch.zeros(1, 3, 4, 4)),
            r"reference: expected \(1, 2\) \+ \(h, w\), got \(1, 3, 4, 4\)",
        ),
        (lambda: call(build(), randn(2, 4, 9), coordinates(4, 4)), "image: expected 8 channels a token, got 9"),
        (lambda: call(build(), randn(2, 4, 8), coordinates(4, 2)), "places: expected one for each of 4 tokens, got 2"),
        (
            lambda: call(build(guidance=True), randn(2, 4, 8), coordinates(4, 4)),
            "guidance: expected a strength for each image, got None",
        ),
        (
            lambda: call(build(), randn(2, 4, 8), coordinates(4, 4), guidance=torch.ones(2)),
            r"guidance: expected None \(the model takes none\), got tensor",
        ),
        (lambda: FluxConfig(axes=(3, 4, 4)), r"axes: expected three even sizes, got \(3, 4, 4\)"),
        (lambda: FluxConfig(heads=0), "expected sizes that are whole numbers >= 1, got FluxConfig"),
        (lambda: axes_table(torch.zeros(2, 2), (4, 4, 4)), r"coordinates: expected shape \(N, 3\), got \(2, 2\)"),
    ],
)
def test_what_is_refused(run, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        run()
