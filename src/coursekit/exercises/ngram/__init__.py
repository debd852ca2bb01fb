"""Exercises on counting words.

perplexity.py   two to the mean surprise of a text
unseen.py       Good and Turing's estimate of what has never been seen
kneser_ney.py   Kneser and Ney's probability of a word after another
"""
