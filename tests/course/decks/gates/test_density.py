"""Few words and few numbers on a core slide of the second edition; what is let through has its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import density
from coursekit.course.finding import Mark


def found(folder: Path, body: str, more: str = 'data-edition="2"') -> list:
    return list(
        density.check(plain_deck(folder, f'<section data-slide="1" {more}><h1>El título es</h1>{body}</section>'))
    )


WORDS = " ".join(["palabra"] * 57)  # and three of the title


def test_sixty_words_and_three_numbers_are_the_most(tmp_path: Path) -> None:
    assert found(tmp_path, f"<p>{WORDS}</p>") == []
    (wordy,) = found(tmp_path, f"<p>{WORDS} más</p>")
    assert "slide: has 61 words, more than 60 words and 3 numbers" in str(wordy)
    assert found(tmp_path, "<p>1,5 y 12\u202f288 y 3 %, y otra vez 1,5</p>") == []
    (many,) = found(tmp_path, "<p>1,5 y 12\u202f288 y 3 %, y −4</p>")
    assert "has 4 numbers" in str(many)
    (both,) = found(tmp_path, f"<p>{WORDS} 1 2 3 4</p>")
    assert "has 64 words and 4 numbers" in str(both)


@pytest.mark.parametrize(
    "left_out",
    [
        f"<pre>{WORDS} 1 2 3 4</pre>",
        f'<svg class="drawing"><text>{WORDS} 1 2 3 4</text></svg>',
        '<p>GPT-2, Falcon3 y <span class="cite">(Gu, 2023, tabla 1; 2; 3; 4)</span></p>',
        f"<footer>{WORDS} 1 2 3 4</footer>",
        f'<p><span class="recorded" title="x">2026-11-22</span></p><div class="ends">{WORDS} 1 2 3 4</div>',
        f'<mjx-container><svg aria-label="{WORDS} 1 2 3 4"></svg></mjx-container>',
    ],
)
def test_what_is_no_prose_of_the_slide_does_not_count(tmp_path: Path, left_out: str) -> None:
    assert found(tmp_path, left_out) == []


@pytest.mark.parametrize("classes", ["lead", "part", "appendix", "references"])
def test_only_core_slides_of_the_second_edition_are_asked(tmp_path: Path, classes: str) -> None:
    assert found(tmp_path, f"<p>{WORDS} y más</p>", f'data-edition="2" class="{classes}"') == []
    assert found(tmp_path, f"<p>{WORDS} y más</p>", "") == []


def test_a_reason_lets_one_through_and_is_printed(tmp_path: Path) -> None:
    dense = f"<p>{WORDS} y más</p>"
    (mark,) = found(tmp_path, dense, 'data-edition="2" data-let="se lee en voz alta"')
    assert isinstance(mark, Mark)
    assert "62 words: se lee en voz alta" in str(mark)
    (none,) = found(tmp_path, dense, 'data-edition="2" data-let="porque sí"')
    assert "is no reason" in str(none)
    (idle,) = found(tmp_path, "<p>Poco.</p>", 'data-edition="2" data-let="se lee en voz alta"')
    assert "lets nothing through" in str(idle)
