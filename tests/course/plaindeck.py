"""A deck of which only the plain page was built, written by hand: what the gates look at."""

from __future__ import annotations

from pathlib import Path

from coursekit.course.decks.built import BuiltDeck


def plain_deck(folder: Path, *sections: str) -> BuiltDeck:
    """07-prueba, with these `<section>`s as its slides."""
    deck = BuiltDeck("07-prueba", folder / "decks", complete=False)
    deck.page.path.parent.mkdir(parents=True, exist_ok=True)
    slides = "".join(f"<svg><foreignObject>{section}</foreignObject></svg>" for section in sections)
    deck.page.path.write_text(slides, encoding="utf-8")
    return deck
