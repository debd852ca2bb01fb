"""A dialect learned, and what is forgotten."""

from coursekit.adapters.new_tokens import add_tokens
from coursekit.corpus import cuentos
from coursekit.corpus.cuentos import Cuentos
from coursekit.corpus.lexicon import RIOPLATENSE
from coursekit.experiments import dialect_learnt as room
from coursekit.experiments.dialect_learnt import dialect_learnt

DIALECT = Cuentos(RIOPLATENSE, shared=cuentos.VOCABULARY)
NEW = len(DIALECT.VOCABULARY) - len(cuentos.VOCABULARY)


def only_rows(model):
    return add_tokens(model.requires_grad_(False), NEW)


def everything(model):
    return add_tokens(model, NEW).requires_grad_(True)


def test_rows_learn_the_dialect_and_leave_the_rest_alone(monkeypatch):
    monkeypatch.setattr(room, "_some", lambda source: ([next(source.stories(s)) for s in range(6)], source))
    arms = {"rows": only_rows, "all": everything}
    options = {"width": 16, "rates": (1e-7, 0.02), "seeds": (0, 1), "read": (20_000, 6000)}
    found = dialect_learnt(DIALECT, arms, ("new", "old"), **options)
    assert list(found) == ["base", "unread", "arms"]
    assert list(found["arms"]) == ["rows", "all"]
    rows, whole = found["arms"].values()
    assert rows["lr"] == whole["lr"] == 0.02  # at one in ten million nothing is learned
    assert rows["learned"] == NEW * 16
    assert whole["learned"] == whole["parameters"] == rows["parameters"]
    for row in (rows, whole):
        assert [list(run) for run in row["runs"]] == [["new", "old"]] * 2
        assert row["runs"][0] != row["runs"][1]
        assert all(run["new"] < found["unread"] for run in row["runs"])
