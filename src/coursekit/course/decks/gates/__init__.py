"""What is asked of the decks as built.

page.py          in a real browser (page.mjs, axe.mjs): overflow, contrast, requests, notes, minutes
numbers.py       no number without an origin
comparatives.py  no comparison without its evidence
files.py         PDF and PPTX: pages, titles, notes
"""
