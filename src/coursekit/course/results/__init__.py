"""Results: what the notebooks measured, and whether it still stands.

collect.py       metrics and figures out of the executed notebooks
repeated.py      whether a second run of a notebook measures the same
recording.py     recorded.json out of notebooks executed in profile `record`
stale.py         which recorded numbers no longer stand, and why;  stand.py  let them, with a reason
reach.py         what a recorded number depends on: from the notebook's statements (dependencies.py, statements.py)
                 into the definitions of the library (library.py)
bench.py         what `coursekit bench` times, into recorded.json
claims.py        judge the claims; the ledger;  shown.py  which of them the course shows
bands.py         where a measured number must lie, so narrow that it says something
numbers.py       what a span can refer to;  sync.py  rewrite literals and figures, report drift
status.py        what is stale, and why
"""
