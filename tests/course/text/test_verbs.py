"""The forms of a verb: worked by hand from the grammar."""

import re

import pytest

from coursekit.course.text.fold import fold
from coursekit.course.text.verbs import finite


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("ganar", "gana ganan ganaba ganó ganaron ganamos ganará ganarían gane ganen ganara ganasen ganando"),
        ("vencer", "vence vencía venció vencerá venza venzan venciera venciendo"),
        ("batir", "bate baten batía batió batirá bata batiendo"),
        ("perder", "pierde pierden perdía perdió perderá pierda perdiendo"),
        ("duplicar", "duplica duplicó duplicará duplique dupliquen duplicando"),
        ("empatar", "empata empató empate"),
        ("desbancar", "desbanca desbanque"),
        ("costar", "cuesta cuestan costaba costó costará cueste"),
    ],
)
def test_forms(verb: str, forms: str) -> None:
    pattern = re.compile(finite(verb))
    assert [form for form in forms.split() if not pattern.fullmatch(fold(form))] == []


def test_compound_tenses_and_no_nouns() -> None:
    pattern = re.compile(finite("ganar"))
    assert pattern.fullmatch("ha ganado")
    assert pattern.fullmatch(fold("habían ganado"))
    assert not any(map(pattern.fullmatch, ("ganancia", "ganar", "ganado", "ganador", "ganza")))
