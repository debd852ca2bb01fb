"""The builder: from notebooks and decks to a course. Things flow down this list; nothing needs what stands below it.

errors.py finding.py    what a user can mend, in one line
layout.py               where things are
manifest.py schema.py   the contract of a module; data held to their types, what is wrong in one line
bibliography.py         the references that decks and pages cite
browser.py setup.py     an installed browser; set up what is missing
processes.py            what the builder starts, under supervise.py, which ends it when the builder ends
node.py                 run a script of the Node packages
text/                   Markdown and HTML as text: what is code, a heading, a number that needs an origin
notebooks/              read, run, strip, and what is asked of them
results/                metrics out of notebooks, recorded.json, claims, sync, status
decks/                  one deck into files; decks/gates/: what is asked of them
prose/                  documents in passages, and what is asked of them
course.py               all that is read of a course, once: what every command is given
pages.py                index and ledger
chat.py serve.py        talk to a model; serve one
scaffold.py skeleton/   the files that a module starts from, and their texts
commands.py             what each command does, for one module or for all
quality.py              what `make check` and `make test` run
cli.py                  the `coursekit` command

Nothing here imports torch but `coursekit chat`, `coursekit serve` and the look for the real models, late. Every error
that a user can cause is a `CourseError`: one line that says what to do.
A gate is a file with `check(thing) -> findings`, over a notebook, a built deck or the prose; the room's stage runs all.
"""
