"""Markdown and HTML as text.

mask.py        what is code, formula or markup, blanked so that places stay
headings.py    the headings of a text
spans.py       measured spans: data-metric and data-claim
images.py      the images that a text shows
numbers.py     which digits need an origin
"""
