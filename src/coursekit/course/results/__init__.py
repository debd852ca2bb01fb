"""Results: what the notebooks measured, and whether it still stands.

collect.py       metrics and figures out of the executed notebooks
recording.py     recorded.json out of notebooks executed in profile `record`
dependencies.py  what a recorded run depends on
bench.py         what `coursekit bench` times, into recorded.json
claims.py        judge the claims; the ledger
numbers.py       what a span can refer to;  sync.py  rewrite literals and figures, report drift
status.py        what is stale, and why
"""
