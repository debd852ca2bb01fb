"""Results: what the notebooks measured, and whether it still stands.

collect.py       metrics and figures out of the executed notebooks
passed_over.py   what stands in for cells whose needs were left out: the lock
repeated.py      whether a second run of a notebook measures the same
recording.py     recorded.json out of notebooks executed in profile `record`
stale.py         which recorded numbers no longer stand, and why;  stand.py  let them, with a reason
reach.py         what a recorded number depends on: from the notebook's statements (dependencies.py, statements.py)
                 into the definitions of the library (library.py)
bench.py         what `coursekit bench` times, into recorded.json
claims.py        judge the claims; the ledger;  unused.py  which of them no text shows
bands.py         where a measured number must lie, so narrow that it says something
numbers.py       what a span can refer to;  printed.py  the literal that it shows
shown.py         the spans and images of a module's deck and page;  figures.py  where a recorded figure lies, its words
drawings.py      the drawings of slides/drawings/<slug>.py, with the metrics that they take
sync.py          rewrite literals and figures, and lock them (lock.py: synced.json);  drift.py  what is not as locked
status.py        what is stale, and why
"""
