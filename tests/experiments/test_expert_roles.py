"""What experts tell of the tokens that they work on."""

from functools import partial
from itertools import islice

import pytest
import torch

from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments.expert_roles import labels, roles, topic, word_class
from coursekit.moe import MixtureOfExperts
from coursekit.moe.inspect import mixtures

STORIES = list(islice(cuentos.stories(5), 40))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("llaves", "sustantivo"),
        ("pintora", "sustantivo"),
        ("Inés", "nombre propio"),
        ("estaban", "verbo"),
        ("perdidas", "adjetivo"),
        ("las", "artículo"),
        ("«", "signo"),
        ("que", "otra"),
    ],
)
def test_word_classes(word, kind):
    assert word_class(word) == kind


def test_topics():
    assert topic(["había", "una", "vez", "una", "maga", "."]) == topic(["había", "una", "vez", "un", "mago", "."])
    assert topic(["un", "pintor", "vio", "a", "una", "maga", "."]) is None
    assert topic(["un", "día"]) is None


def test_labels_leave_out_the_words_of_the_topic():
    found = labels(STORIES)
    assert len(set(map(len, found.values()))) == 1
    words = {cuentos.VOCABULARY[word] for word in found["word"]}
    assert not words & {"maga", "pintor", cuentos.END}
    for row, column, word, about in zip(found["row"], found["column"], found["word"], found["topic"]):
        assert STORIES[row][column] == cuentos.VOCABULARY[word]
        assert topic(STORIES[row]) == about
    assert set(found["position"]) == set(range(8))


def test_a_router_that_reads_the_word_tells_it_and_one_that_is_constant_nothing():
    """Without attention the stream is the word: what the expert tells of the word is all of its choice."""
    torch.manual_seed(0)
    config = DecoderConfig(len(cuentos.VOCABULARY), width=16, layers=1, heads=2, ffn_width=8)
    model = Decoder(config, ffn=partial(MixtureOfExperts, experts=4, top_k=1))
    with torch.no_grad():
        model.blocks[0].mixer.output.weight.zero_()
        mixtures(model)[0].router.scores.weight.normal_()
    found = roles(model, STORIES)
    assert found["entropy"][0] > 1
    assert found["word"][0][0] == pytest.approx(found["entropy"][0], abs=1e-3)
    assert found["word"][0][1] < found["word"][0][0]
    assert found["class"][0][0] < found["word"][0][0]
    with torch.no_grad():
        mixtures(model)[0].router.scores.weight.zero_()
    assert roles(model, STORIES)["word"] == [[0.0, 0.0]]
