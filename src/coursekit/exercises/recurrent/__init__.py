"""Exercises on networks that carry a state.

lstm_step.py    one step of an LSTM, in numbers
path_length.py  how many steps lie between two words
"""
