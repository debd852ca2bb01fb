"""What is asked of a deck as built. A gate is a file with `check(deck) -> findings`; `GATES` are all, in this order.

page.py          in a real browser (page.mjs, axe.mjs): overflow, contrast, requests
notes.py         content slides have presenter notes
minutes.py       the slides' minutes add up to the deck's, the route's to 15
numbers.py       no number without an origin
claims.py        a claim is cited from its own work, where it is said
recorded.py      no number of a longer run without the day and the machine
comparatives.py  no comparison without its evidence
files.py         PDF and PPTX: pages, titles, notes
"""

from coursekit.course.decks.gates import claims, comparatives, files, minutes, notes, numbers, page, recorded

GATES = (
    page.check,
    notes.check,
    minutes.check,
    numbers.check,
    claims.check,
    recorded.check,
    comparatives.check,
    files.check,
)
