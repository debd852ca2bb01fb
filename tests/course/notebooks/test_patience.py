import pytest

from coursekit.course.notebooks.patience import Patience


def test_what_is_computed_counts_and_not_the_clock():
    patience = Patience(cell_seconds=10, total_seconds=100, threads=2)
    # a busy machine: in 60 s of the clock two threads computed 8 s together, 4 s each
    patience.charge(computed=8.0, passed=60.0)
    assert (patience.cell, patience.total, patience.over) == (4.0, 4.0, "")
    # nothing computed (under 1 % of a core): the clock counts
    patience.charge(computed=0.004, passed=0.5)
    assert patience.cell == 4.5
    patience.charge(computed=12.0, passed=6.0)
    assert patience.over == "cell"  # 10.5 s


def test_a_new_cell_begins_at_zero_and_the_total_goes_on():
    patience = Patience(cell_seconds=10, total_seconds=25, threads=1)
    for _ in range(2):
        patience.begin_cell()
        patience.charge(computed=9.0, passed=9.0)
    assert (patience.cell, patience.total, patience.over) == (9.0, 18.0, "")
    patience.begin_cell()
    patience.charge(computed=8.0, passed=8.0)
    assert patience.over == "total"


@pytest.mark.parametrize("computed", [0.0, 0.4])
def test_at_the_border_of_idleness(computed):
    patience = Patience(cell_seconds=100, total_seconds=100, threads=1)
    patience.charge(computed, passed=40.0)  # one per cent of a core is 0.4 s
    assert patience.cell == (computed or 40.0)
