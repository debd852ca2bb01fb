"""What a notebook says: how it begins, what it measured, what it draws.

lesson.py       `begin`: seeds, device, style; longer runs read or measured; `show_source`
measured.py     `record`, `record_figure`, `record_drawing`: what is written into the notebook's own outputs
tables.py       `record_table`: the numbers of a section at once, with their labels
values.py       what `record` takes for a number, and what it says of all else
recorded.py     the one reader of modules/<slug>/recorded.json
sources.py      the source of a function, to be shown or pasted
benchmarks.py   what `coursekit bench` measured, for the notebooks that draw it
plotting.py     the course's colours and style;  figure_faults.py  what a recorded figure does wrong
formatting.py   numbers as Spanish writes them
drawing/        a kit for drawings of mechanisms
provenance.py   where a number comes from: hashes of code, the machine, the versions
device.py       "auto" to a device;  optional.py  cells that need what may be missing
docstrings.py   the docstrings in Python code, which are left out where code is shown
"""

from coursekit.notebook.lesson import Lesson, begin, progress_wanted, show_source
from coursekit.notebook.measured import record, record_drawing, record_figure, record_states
from coursekit.notebook.tables import Row, record_table

__all__ = [
    "Lesson",
    "Row",
    "begin",
    "progress_wanted",
    "record",
    "record_drawing",
    "record_figure",
    "record_states",
    "record_table",
    "show_source",
]
