"""Block diagrams, held to what the course's blocks do."""

import pytest
import torch

import coursekit.ssm.mamba as mamba_room
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.notebook.drawing import IN, OUT, Diagram, Part, check_flow, residual
from coursekit.notebook.drawing.flow import flow
from coursekit.ssm.mamba import Mamba

CONFIG = DecoderConfig(vocab_size=11, width=8, layers=1, heads=2)
FUNCTIONS = {"conv": (mamba_room, "short_conv"), "scan": (mamba_room, "selective_scan")}


def transformer_block():
    return residual(
        [
            [Part("mixer_norm", "norma"), Part("mixer", "atención", "attention")],
            [Part("ffn_norm", "norma"), Part("ffn", "red")],
        ],
        0,
        200,
        1100,
    )


def mamba_block(series=False):
    diagram = Diagram()
    for i, name in enumerate(("in_proj", "conv", "x_proj", "dt_proj", "scan", "out_proj")):
        diagram.box(name, name, 100 + 180 * i, 100)
    for start, end in [(IN, "in_proj"), ("in_proj", "conv"), ("conv", "x_proj"), ("x_proj", "dt_proj"),
                       ("dt_proj", "scan"), ("x_proj", "scan"), ("in_proj", "scan"), ("scan", "out_proj"),
                       ("out_proj", OUT)]:  # fmt: skip
        diagram.end(IN, 0, 100)
        diagram.end(OUT, 1200, 100)
        diagram.arrow(start, end)
    if not series:
        diagram.arrow("conv", "scan")
    return diagram


def test_a_transformer_s_block_is_drawn_as_it_flows():
    block, x = Decoder(CONFIG).blocks[0], torch.randn(1, 3, 8)
    names = [name for name, _ in block.named_children()]
    assert {"mixer", "ffn"} <= set(names)
    check_flow(transformer_block(), block, x)


def test_a_mamba_drawn_in_series_is_found_out():
    mixer, x = Mamba(CONFIG), torch.randn(1, 5, 8)
    check_flow(mamba_block(), mixer, x, functions=FUNCTIONS)
    with pytest.raises(ValueError, match=r"arrows of Mamba.forward, got flows, but is not drawn: conv → scan$"):
        check_flow(mamba_block(series=True), mixer, x, functions=FUNCTIONS)


def test_an_arrow_too_many_is_found_out():
    diagram = mamba_block()
    diagram.arrow("conv", "out_proj")
    with pytest.raises(ValueError, match="drawn, but does not flow: conv → out_proj"):
        check_flow(diagram, Mamba(CONFIG), torch.randn(1, 5, 8), functions=FUNCTIONS)


def test_a_box_that_no_arrow_reaches_is_found_out():
    diagram = transformer_block()
    block, x = Decoder(CONFIG).blocks[0], torch.randn(1, 3, 8)
    diagram.box("ffn.up", "suelta", 500, 50)
    with pytest.raises(ValueError, match="flows, but is not drawn: ffn_norm → ffn.up"):
        check_flow(diagram, block, x)
    diagram.box("experts", "no hay", 700, 50)
    with pytest.raises(ValueError, match="expected submodules of PreNorm or functions, got experts$"):
        check_flow(diagram, block, x)


def test_a_part_that_does_not_run_is_named():
    class Idle(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.idle = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)

        def forward(self, x):
            return self.used(x)

    assert flow(Idle(), torch.ones(1, 2), parts=["used"]) == {(IN, "used"), ("used", OUT)}
    with pytest.raises(ValueError, match="expected that idle run in forward"):
        flow(Idle(), torch.ones(1, 2), parts=["used", "idle"])


def test_hooks_and_patches_are_gone_afterwards():
    mixer = Mamba(CONFIG)
    before = mamba_room.selective_scan
    flow(mixer, torch.randn(1, 5, 8), parts=["in_proj", "scan"], functions=FUNCTIONS)
    assert mamba_room.selective_scan is before
    assert not mixer.in_proj._forward_hooks


def test_edges_pass_through_sums():
    assert transformer_block().edges() == {
        (IN, "mixer_norm"), ("mixer_norm", "mixer"), (IN, "ffn_norm"), ("mixer", "ffn_norm"), ("ffn_norm", "ffn"),
        (IN, OUT), ("mixer", OUT), ("ffn", OUT),
    }  # fmt: skip


def test_what_a_diagram_refuses():
    diagram = Diagram()
    diagram.box("a", "A", 100, 100)
    with pytest.raises(ValueError, match="expected a new name, got 'a' twice"):
        diagram.knot("a", "+", 0, 0)
    with pytest.raises(ValueError, match="expected a box among in, out, a, got 'b'"):
        diagram.arrow("a", "b")
    with pytest.raises(ValueError, match=r"expected a line of \d+ or more, got 100"):
        residual([[Part("a", "A")]], 0, 200, 100)


def test_arrows_leave_by_the_side_that_faces_their_end():
    diagram = Diagram()
    diagram.box("a", "A\nB", 100, 100, wide=100, high=40)
    diagram.box("b", "B", 400, 100, wide=100, high=40)
    diagram.arrow("a", "b")
    diagram.arrow("b", "a", by=[(400, 200), (100, 200)])
    straight, bent = (piece.box for piece in diagram._lines)
    assert (straight.left, straight.right, straight.high) == (150, 350, 0)
    assert (bent.top, bent.bottom) == (120, 200)
    assert len(diagram.piece().parts) == 2
