"""What is asked of a deck as built. A gate is a file with `check(deck) -> findings`; `GATES` are all, in this order.

page.py          in a real browser (page.mjs, axe.mjs): overflow, overlap, hidden text, contrast
notes.py         content slides have presenter notes, of a few words at least
minutes.py       the slides' minutes add up to the deck's, the route's to 15
density.py       a core slide holds few words and few numbers
titles.py        a title is a finding, with its verb and its number
routes.py        the route is short, and its summary its own
figures.py       no legend over data, no architecture in another's colour
headings.py      every slide and every column of a table has a heading
glyphs.py        every sign has a glyph in the theme's fonts, on slides and in figures
code.py          Python is the library's, or says why not
numbers.py       no number without an origin
claims.py        a claim is cited from its own work, where it is said
recorded.py      no number of a longer run without the day and the machine
comparatives.py  no comparison without its evidence
files.py         PDF and PPTX: pages, titles, notes

Those of density, titles, routes and figures, and what notes begin with, are asked of decks that say `edition: 2`.
"""

from coursekit.course.decks.gates import (
    claims,
    code,
    comparatives,
    density,
    figures,
    files,
    glyphs,
    headings,
    minutes,
    notes,
    numbers,
    page,
    recorded,
    routes,
    titles,
)

GATES = (
    page.check,
    notes.check,
    minutes.check,
    density.check,
    titles.check,
    routes.check,
    figures.check,
    headings.check,
    glyphs.check,
    code.check,
    numbers.check,
    claims.check,
    recorded.check,
    comparatives.check,
    files.check,
)
