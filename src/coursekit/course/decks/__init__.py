"""Decks: one Markdown file into HTML, PDF, PPTX and notes, in two editions.

stage.py     the decks of a module with its numbers: build, preview, embedded code
build.py     every output of one deck: outputs.py  which there are;  make.py  one of them
cache.py     what need not be made again, and inputs.py for what it must
marp.py      run Marp;  context.py  what the engine is given;  source.py  code for the slides
text.py      a deck's source as text;  html.py  a built page as slides;  built.py  a built deck, read once
notes.py     the presenter's notes as text;  pdf_*.py, pptx_notes.py  what Marp leaves to do
deckset.py   Deckset's notes, converted
gates/       what is asked of the decks as built
"""
