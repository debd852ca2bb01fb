"""With positions and without."""

from coursekit.corpus import cuentos
from coursekit.decoder import DecoderConfig
from coursekit.experiments.positions_compared import positions_compared

SMALL = DecoderConfig(len(cuentos.VOCABULARY), width=16, layers=1, heads=2, context=128)


def test_each_arm_changes_layers_and_positions_and_nothing_else():
    arms = {"with": (1, 10000.0), "without": (1, None), "deep": (2, None)}
    few = positions_compared(SMALL, arms, seeds=(0, 1), tokens=1000, test_stories=4)
    assert list(few) == ["with", "without", "deep"]
    assert len({tuple(values) for values in few.values()}) == 3
    assert all(len(set(values)) == 2 and min(values) > 0 for values in few.values())
    more = positions_compared(SMALL, {"x": (1, None)}, seeds=(1,), tokens=15_000, test_stories=4)["x"]
    assert more[0] < few["without"][1]
    assert (
        positions_compared(SMALL, {"x": (1, None)}, seeds=(1,), tokens=1000, test_stories=4)["x"] == few["without"][1:]
    )
