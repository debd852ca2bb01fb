import json
from dataclasses import asdict, replace

import pytest
import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.liga import PROTOCOL, Protocol, draw, exact_rows, play, recorded_rows
from coursekit.liga.costs import state_bytes, training_flops
from coursekit.notebook.plotting import COLOUR
from coursekit.ssm.mlstm import MLSTM
from coursekit.ssm.rwkv import TimeMixing

CONFIG = DecoderConfig(vocab_size=len(cuentos.VOCABULARY), width=8, layers=1, heads=2, context=128, ffn_width=16)
# 421 x 8 embedding, 3 norms of 8, attention 4 x 8 x 8, feed-forward 3 x 8 x 16
PARAMETERS = 421 * 8 + 3 * 8 + 4 * 64 + 3 * 128
SHORT = Protocol(
    parameters=PARAMETERS, tokens=3000, batch=4, rates=(1e-9, 0.01), seeds=(3, 4), test_stories=10, evaluations=2
)


def _build():
    return Decoder(CONFIG)


@pytest.fixture(scope="module")
def row():
    return play(_build, SHORT)


def test_the_protocol_is_the_one_that_every_recorded_row_was_played_by():
    assert asdict(PROTOCOL) == {
        "parameters": 160_000,
        "tolerance": 0.02,
        "tokens": 1_000_000,
        "context": 128,
        "batch": 8,
        "rates": (0.005, 0.01, 0.02),
        "rate_seed": 100,
        "rate_test_seed": 1_000_001,
        "seeds": (0, 1, 2, 3, 4),
        "test_seed": 1_000_000,
        "test_stories": 400,
        "evaluations": 10,
    }


def test_seeds_are_kept_apart():
    with pytest.raises(ValueError, match="different seeds"):
        replace(PROTOCOL, rate_seed=0)
    with pytest.raises(ValueError, match="different seeds"):
        replace(PROTOCOL, test_seed=4)
    with pytest.raises(ValueError, match="different seeds"):
        replace(PROTOCOL, rate_test_seed=PROTOCOL.test_seed)
    with pytest.raises(ValueError, match="at least two"):
        replace(PROTOCOL, seeds=(1,))


def test_a_row_says_what_was_played(row):
    assert row["parameters"] == PARAMETERS
    assert row["weight_bytes"] == 4 * PARAMETERS
    assert [run["seed"] for run in row["runs"]] == [3, 4]
    for run in row["runs"]:
        # three packed batches of at most 4 x 128 pass half of the budget, six or more all of it
        assert 1500 <= run["tokens"][0] < run["tokens"][1] < 3000 + 4 * 128
        assert run["excess"][1] < run["excess"][0]
        assert run["standard_error"] > 0
        assert run["seconds"] > 0
    assert row == json.loads(json.dumps(row))


def test_the_rate_is_the_best_on_its_own_seed(row):
    # a rate of 1e-9 leaves the model as it was: the other one is chosen
    assert row["rate"] == 0.01
    assert row["rates"]["0.01"] < row["rates"]["1e-09"]


def test_the_rate_is_tried_on_stories_that_do_not_score(row):
    other = play(_build, replace(SHORT, rates=(0.01,), test_seed=77))
    assert other["rates"]["0.01"] == row["rates"]["0.01"]
    assert other["runs"][0]["excess"] != row["runs"][0]["excess"]


def test_seeds_differ_and_repeat_themselves(row):
    first, second = (run["excess"] for run in row["runs"])
    assert first != second
    again = play(_build, replace(SHORT, rates=(0.01,), seeds=(4, 3)))
    assert [run["excess"] for run in again["runs"]] == [second, first]


def test_no_model_below_the_floor(row):
    for run in row["runs"]:
        assert run["excess"][-1] > -3 * run["standard_error"]


def test_a_model_of_another_size_is_refused():
    with pytest.raises(ValueError, match=f"about 5000 parameters, got {PARAMETERS}"):
        play(_build, replace(SHORT, parameters=5000))


def test_flops_of_training_by_hand():
    # forward and backward of each matrix: 2 + 4 FLOPs a weight and token; the tied embedding counts as output layer
    weights = 421 * 8 + 4 * 64 + 3 * 128
    # attention over T = 32 keys: two products forward, five backward (one recomputed), 2 T C FLOPs each
    attention = 7 * 2 * 32 * 8
    assert training_flops(_build(), 32) == 6 * weights + attention


def test_counting_leaves_no_gradient():
    model = _build()
    training_flops(model, 16)
    assert all(weight.grad is None for weight in model.parameters())


def test_bytes_of_the_state_by_hand():
    # keys and values of 128 tokens, 8 numbers each, 4 bytes
    assert state_bytes(_build(), 128) == 2 * 128 * 8 * 4
    assert state_bytes(Decoder(replace(CONFIG, kv_heads=1)), 128) == 2 * 128 * 4 * 4
    # two layers of width 32, whatever the length: mLSTM's memory of 2 heads of 16, their normalisers and stabilisers;
    # RWKV's last input, numerator, denominator and exponent
    wide = replace(CONFIG, width=32, layers=2, head_size=16)
    assert state_bytes(Decoder(wide, mixer=MLSTM), 100) == 2 * 4 * 2 * (16 * 16 + 16 + 1) == 4368
    assert state_bytes(Decoder(wide, mixer=TimeMixing), 100) == 2 * 4 * 4 * 32 == 1024


def test_exact_rows():
    scores = exact_rows(SHORT)
    assert scores["oráculo"].mean == 0
    # the unigram's divergence: its cross-entropy is the entropy of the marginal, in expectation
    counts = cuentos.expected_counts()
    total = sum(counts.values())
    shares = torch.tensor([count / total for count in counts.values()], dtype=torch.float64)
    expected = float(-(shares * shares.log2()).sum()) - cuentos.entropy_rate()
    assert scores["unigrama"].mean == pytest.approx(expected, abs=4 * scores["unigrama"].standard_error)


def test_rows_of_all_modules_are_gathered(tmp_path):
    for slug, data in (("02-a", {"x": 1, "y": 2}), ("03-b", {"z": 3})):
        (tmp_path / "modules" / slug).mkdir(parents=True)
        entries = {"liga": {"data": data}, "other": {"data": {"no": 0}}}
        (tmp_path / "modules" / slug / "recorded.json").write_text(json.dumps({"entries": entries}))
    assert recorded_rows(tmp_path) == {"x": 1, "y": 2, "z": 3}
    (tmp_path / "modules" / "04-c").mkdir()
    (tmp_path / "modules" / "04-c" / "recorded.json").write_text(json.dumps({"bench": []}))
    assert len(recorded_rows(tmp_path)) == 3
    (tmp_path / "modules" / "04-c" / "recorded.json").write_text(json.dumps({"entries": {"liga": {"data": {"x": 9}}}}))
    with pytest.raises(ValueError, match="'x', got a second in 04-c"):
        recorded_rows(tmp_path)


def test_the_figure_shows_every_row(row):
    figure = draw({"Mamba": row, "pre-norm": row}, exact_rows(SHORT))
    above, below = figure.axes[0], figure.axes[2]
    assert (above.get_yscale(), below.get_yscale()) == ("log", "linear")
    assert below.get_ylim()[1] < above.get_ylim()[1]  # the ends alone: no unigram up there
    assert len(figure.axes) == 4
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Mamba", "pre-norm"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["unigrama"]
    tokens, gflop = (figure.axes[i].lines[0].get_xdata() for i in (0, 1))
    assert gflop[-1] == pytest.approx(tokens[-1] * 1000 * row["flops"] / 1e9)
    size = figure.axes[3].containers[0].lines[0].get_xdata()
    assert size[0] == pytest.approx((4 * PARAMETERS + 2 * 128 * 8 * 4) / 1024)


def test_the_figure_draws_the_mean_over_the_seeds_and_their_range(row):
    first, second = row["runs"]
    runs = [first | {"excess": [4.0, 2.0], "seconds": 3.0}, second | {"excess": [2.0, 1.0], "seconds": 5.0}]
    axes = draw({"Mamba": row | {"runs": runs}}, {}).axes
    assert [axes[i].lines[0].get_ydata().tolist() for i in (0, 1)] == [[3.0, 1.5]] * 2
    band = axes[0].collections[0].get_paths()[0].get_extents()
    assert (band.ymin, band.ymax) == (1.0, 4.0)
    for panel in axes[2:]:  # the ends alone
        point, _, (bar,) = panel.containers[0]
        assert point.get_ydata().tolist() == [1.5]
        assert bar.get_segments()[0][:, 1].tolist() == [1.0, 2.0]
    assert axes[2].containers[0].lines[0].get_xdata().tolist() == [4.0]


def test_a_row_has_the_colour_of_its_architecture_and_among_those_a_mark_of_its_own(row):
    names = ("pre-norm", "GQA", "Mamba", "híbrido")
    lines = draw(dict.fromkeys(names, row), {}).axes[0].lines
    colours = [line.get_color() for line in lines]
    assert colours == [COLOUR["attention"], COLOUR["attention"], COLOUR["mamba"], COLOUR["attention"]]
    assert (lines[3].get_gapcolor(), lines[0].get_gapcolor()) == (COLOUR["mamba"], None)  # the hybrid's stripes
    assert len({line.get_marker() for line in lines}) == 4


def test_a_row_of_no_known_architecture_is_named(row):
    with pytest.raises(ValueError, match="rows that coursekit.liga.figure.ARCHITECTURE names, got KN-9$"):
        draw({"Mamba": row, "KN-9": row}, {})
