"""Notebooks: read, run, stripped, and what is asked of them.

read.py      a notebook's file, read and checked
execute.py   run one with papermill, in a process of its own, atomically
patience.py  how long it may take, counted in what its kernel computes
runner.py    run many, in parallel, with a progress display
guard.py     what their kernels refuse: the network, and files of the course that change (guard_startup.py begins it)
surroundings.py  what a kernel starts with: the same on every machine
strip.py     remove outputs and counters, fold bookkeeping
stage.py     the gates in two lists; each is a file with `check(notebook) -> findings`:
cells.py     what is asked of the cells as committed: how much code they hold (code.py counts it)
outside.py   no network, shell, path of one machine, waiting or writing in them
origins.py   nothing typed, timed or left to chance is recorded as a measurement (typed.py, flow.py: names and values;
             recordings.py, pieces.py: what calls of `record` and `record_table` record, and a drawing's pieces draw)
replay.py    a cell that is played again after the last one means the same
exercises.py  what is asked of a module's exercises: test, cell, minutes
figures.py   what is asked of the figures as executed (shapes.py: bars and lines; svg.py: matplotlib's files)
"""
