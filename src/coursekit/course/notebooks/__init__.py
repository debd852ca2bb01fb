"""Notebooks: read, run, stripped, and what is asked of them.

read.py      a notebook's file, read and checked
execute.py   run one with papermill, in a process of its own, atomically
runner.py    run many, in parallel, with a progress display
strip.py     remove outputs and counters
code.py      what a cell defines;  gate.py  what is asked of the cells
figures.py   what is asked of the recorded figures
"""
