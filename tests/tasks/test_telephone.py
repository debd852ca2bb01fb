"""Dictations that differ in the number alone; without it nothing in the text says which it is."""

import pytest

from coursekit.tasks.telephone import telephones


def test_a_number_is_said_once_and_asked_for():
    first, second = telephones(2, seed=0)
    number = first.answer.strip()
    assert [len(digit) for digit in number.split(" ")] == [1] * 4
    assert all(digit.isdecimal() for digit in number.split(" "))
    assert first.text.startswith(f'Ana said: "My phone number is {number}." The harbour')
    assert first.text.endswith('Then Ana said it again: "My phone number is')
    assert first.text.count(number) == 1
    assert second.text == first.text.replace(number, second.answer.strip())
    assert first.answer != second.answer


def test_the_control_says_no_digit():
    for plain, control in zip(telephones(3, seed=5), telephones(3, seed=5, dictated=False)):
        assert control.answer == plain.answer
        assert not any(map(str.isdecimal, control.text))


def test_seeds_and_sizes():
    assert telephones(3, seed=1) == telephones(3, seed=1)
    assert telephones(3, seed=1) != telephones(3, seed=2)
    assert len(telephones(1, seed=1, digits=7)[0].answer.split()) == 7


@pytest.mark.parametrize("sizes", [{"count": 0}, {"count": 1, "digits": 0}])
def test_what_is_none_says_so(sizes):
    with pytest.raises(ValueError, match="expected at least one number of at least one digit, got"):
        telephones(seed=0, **sizes)
