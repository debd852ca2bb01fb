"""What the outputs of a deck depend on, but for its numbers: its source, the engine, the theme, the builder."""

from __future__ import annotations

from pathlib import Path

from coursekit.course.decks.cache import digest_files
from coursekit.course.decks.marp import marp_script
from coursekit.course.decks.text import DeckText

_COURSE = Path(__file__).parents[1]


def inputs_digest(project: Path, deck: Path, text: DeckText) -> str:
    """One hash of all files that decide what is on a deck's slides."""
    slides = project / "slides"
    files = [project / "marp.config.mjs", deck, marp_script(project).with_name("package.json")]
    files += [path for folder in ("engine", "theme") for path in (slides / folder).rglob("*") if path.is_file()]
    files += [deck.parent / image for image in text.images() if "://" not in image]
    return digest_files(files + builder_files())


def builder_files(course: Path = _COURSE) -> list[Path]:
    """A changed builder builds anew: the files of this room, and those that decide about references and numbers.

    The gates in gates/ only look at what was built, so they make nothing stale.
    """
    decide = ("bibliography.py", "results/numbers.py", "text/numbers.py", "text/spans.py")
    return [*(course / "decks").glob("*.py"), *(course / name for name in decide)]
