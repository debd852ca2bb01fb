"""The builder: from notebooks and decks to a course, one file per stage.

The stages, in the order in which things flow; nothing downstream is needed upstream:

=================  ========================================================================
manifest.py        discover modules/*/module.toml and check them
execute.py         run one notebook with papermill, in a process of its own, atomically
runner.py          run many, in parallel, with a progress display
results.py         metrics and figures out of the executed notebooks
recording.py       recorded.json out of notebooks executed in profile `record`
claims.py          judge the claims; the ledger
sync.py            rewrite the literals and figures of the decks; report drift
decks.py           HTML, PDF, PPTX and notes, in two editions, with Marp
index.py           build/index.html, which links everything
status.py          what is stale, and why
quality.py         what `make check` and `make test` run
cli.py             the `coursekit` command
=================  ========================================================================

Nothing here imports torch. Every error that a user can cause is a `CourseError`: one line that says what to do.
"""
