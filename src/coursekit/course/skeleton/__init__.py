"""What a module is born with: the texts that `coursekit new` writes, which puts the name of the module in.

Each is valid and shows the habit of the course with an example of its own, which the author replaces: first by hand,
with small numbers; then the library's kernel, which gives the same; a bet, an exercise and a demo beside what they
are about.

manifest.py  module.toml
page.py      the module's page
notebook.py  the notebook, cell by cell
deck.py      the deck, of the second edition
drawings.py  slides/drawings/<slug>.py, and what it draws before a notebook has run

In the texts, @SLUG@ is the module, @NUMBER@ its number, @TITLE@ its title, and @NAME@ number and title.
"""
