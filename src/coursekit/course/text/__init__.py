"""Markdown and HTML as text.

mask.py        what is code, formula or markup, blanked so that places stay
headings.py    the headings of a text
numbers.py     which digits need an origin
"""
