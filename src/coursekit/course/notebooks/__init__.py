"""Notebooks: read, run, stripped, and what is asked of them.

read.py      a notebook's file, read and checked
execute.py   run one with papermill, in a process of its own, atomically
patience.py  how long it may take, counted in what its kernel computes
runner.py    run many, in parallel, with a progress display
surroundings.py  what a kernel starts with: the same on every machine
strip.py     remove outputs and counters
stage.py     the gates in two lists; each is a file with `check(notebook) -> findings`:
cells.py     what is asked of the cells as committed (code.py: what they define)
figures.py   what is asked of the figures as executed
"""
