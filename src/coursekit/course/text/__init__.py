"""Markdown and HTML as text.

mask.py        what is code, formula or markup, blanked so that places stay
headings.py    the headings of a text
spans.py       measured spans: data-metric and data-claim
images.py      the images that a text shows
numbers.py     the rule of the numbers: which claims of size need an origin
structural.py  digits that are no size: dates, names, labels
sizes.py       sizes in words, in formulas and in code; numerals.py, numbers in words; units.py, what makes a size
comparisons.py what compares; fold.py, text without accents
verbs.py       a verb in all its forms;  title_verbs.py  whether a title has one
attributes.py  what a reader meets outside the text: alternative texts, titles, counters, styles
marks.py       what an author lets stand, and its reason
"""
