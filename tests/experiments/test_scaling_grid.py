"""A grid of sizes and amounts of data."""

import math

from coursekit.experiments.scaling_grid import scaling_grid


def test_a_grid_has_a_run_for_each_size_amount_and_seed():
    runs = scaling_grid((8, 16), (500, 1000), seeds=(0, 1), test_stories=4)["runs"]
    assert len(runs) == 8
    assert {run["D"] for run in runs} == {500, 1000}
    assert len({run["N"] for run in runs}) == 2
    assert all(math.isfinite(run["excess"]) and run["excess"] > 0 for run in runs)
    assert len({run["excess"] for run in runs}) == 8
