"""The gate of the minutes: slides against deck, the route against its 15."""

from pathlib import Path

from plaindeck import plain_deck

from coursekit.course.decks.gates import minutes


def faults(folder: Path, total: str, *slides: tuple[str, float | None, float | None]) -> list[str]:
    made = []
    for i, (classes, length, route) in enumerate(slides, 1):
        attributes = f' data-minutes="{length}"' * (length is not None) + f' data-route="{route}"' * (route is not None)
        deck = f' data-deck-minutes="{total}"' * (i == 1 and total != "")
        made.append(f'<section data-slide="{i}" class="{classes}"{attributes}{deck}></section>')
    return [f"{finding.element} {finding.problem}" for finding in minutes.check(plain_deck(folder, *made))]


def test_minutes_add_up_within_a_tenth_or_two(tmp_path: Path) -> None:
    assert faults(tmp_path, "60", ("", 54, None), ("appendix", 30, None), ("references", None, None)) == []  # 60 - 6
    assert faults(tmp_path, "60", ("", 53.5, None)) == ["minutes the slides take 53.5, the deck says 60"]
    assert faults(tmp_path, "10", ("", 12, None)) == []  # 10 + 2
    assert faults(tmp_path, "10", ("", 12.5, None)) == ["minutes the slides take 12.5, the deck says 10"]
    assert faults(tmp_path, "10", ("", 10, None), ("", None, None)) == ["_minutes is missing"]
    assert faults(tmp_path, "10", ("", 8, None), ("", None, None)) == ["_minutes is missing"]  # it takes none: 10 - 2
    assert faults(tmp_path, "10", ("", 12, None), ("", None, None)) == ["_minutes is missing"]
    assert faults(tmp_path, "", ("", 10, None)) == ["minutes the deck does not say how long it is"]


def test_dividers_and_slides_of_the_route_alone_take_no_time_of_the_deck(tmp_path: Path) -> None:
    assert faults(tmp_path, "10", ("", 10, 5), ("part", None, None), ("part", 9, None)) == []
    only = '<section data-slide="1" data-deck-minutes="10" data-minutes="10"></section>'
    only += '<section data-slide="2" data-only="route" data-route="2"></section>'
    slides = [part + "</section>" for part in only.split("</section>") if part]
    assert list(minutes.check(plain_deck(tmp_path, *slides))) == []


def test_the_route_takes_at_most_fifteen(tmp_path: Path) -> None:
    assert faults(tmp_path, "10", ("", 10, 10), ("appendix", 5, 5)) == []
    assert faults(tmp_path, "10", ("", 10, 10), ("appendix", 6, 5.5)) == ["route takes 15.5 minutes, more than 15"]


def test_no_slide_takes_longer_in_the_route_than_in_the_deck(tmp_path: Path) -> None:
    problem = "_route takes 3 minutes in the route, and 2 in the whole deck"
    assert faults(tmp_path, "6", ("", 2, 3), ("", 4, 4), ("appendix", 4, 3)) == [problem]


def test_deck_and_module_last_as_long(tmp_path: Path) -> None:
    deck = plain_deck(tmp_path, '<section data-slide="1" data-deck-minutes="60"></section>')
    assert list(minutes.check_module(deck, 60)) == []
    assert list(minutes.check_module(deck, None)) == []  # the style guide
    assert [f.problem for f in minutes.check_module(deck, 58)] == ["the deck says 60, and module.toml 58"]


def test_a_deck_without_slides(tmp_path: Path) -> None:
    assert [finding.problem for finding in minutes.check(plain_deck(tmp_path))] == ["has no slides"]


def test_what_concerns_the_whole_deck_names_no_slide(tmp_path: Path) -> None:
    late = '<section data-slide="3" data-minutes="16" data-route="16" data-deck-minutes="60"></section>'
    bare = '<section data-slide="4"></section>'
    for sections, numbers in (((late, bare), [4, 0, 0]), ((bare,), [0]), ((), [0])):
        assert [finding.number for finding in minutes.check(plain_deck(tmp_path, *sections))] == numbers
