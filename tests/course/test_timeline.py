"""The timeline of module 01: each milestone has a date, in order, and a work that the bibliography knows."""

import re
import tomllib

from coursekit.notebook.plotting import COLOUR
from coursekit.root import find_root

ROOT = find_root()
MILESTONES = tomllib.loads((ROOT / "modules/01-historia/timeline.toml").read_text(encoding="utf-8"))["milestone"]


def test_each_milestone_names_a_work_of_its_year_in_the_bibliography():
    entries = (ROOT / "modules/references.bib").read_text(encoding="utf-8").split("\n@")
    years = {
        entry.split("{", 1)[1].split(",", 1)[0]: re.search(r"year\s*=\s*\{(\d+)\}", entry)[1] for entry in entries[1:]
    }
    for milestone in MILESTONES:
        key = milestone["source"].removeprefix("@").split(",")[0]
        assert years[key] == str(milestone["year"]), milestone["name"]


def test_milestones_stand_in_order_and_have_the_colour_of_an_architecture():
    assert [m["year"] for m in MILESTONES] == sorted(m["year"] for m in MILESTONES)
    assert {m["architecture"] for m in MILESTONES} <= set(COLOUR)
    assert sum(m.get("core", False) for m in MILESTONES) == 7  # as many as the deck's title says
