"""Read beyond the length of training."""

from functools import partial
from itertools import islice

import pytest

from coursekit.attention import Attention
from coursekit.corpus import cuentos
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.experiments.beyond_training import beyond_training

LONG = DecoderConfig(len(cuentos.VOCABULARY), width=16, layers=1, heads=2, context=256)
STORIES = list(islice(cuentos.stories(10**6), 12))
READ = partial(beyond_training, stories=STORIES, edges=(0, 64, 256), tokens=2000)


def test_the_same_weights_reread_as_they_were_trained_pay_the_same_and_with_a_window_another_price():
    trained = {"rope": partial(Decoder, LONG), "other": partial(Decoder, LONG)}
    reread = {
        "same": ("rope", partial(Decoder, LONG)),
        "window": ("rope", partial(Decoder, LONG, mixer=partial(Attention, window=4))),
    }
    curves = READ(trained, reread, seeds=(0, 1))
    assert list(curves) == ["rope", "other", "same", "window"]
    assert all(len(runs) == 2 and {len(run) for run in runs} == {2} for runs in curves.values())
    assert curves["same"] == curves["rope"] == curves["other"]  # the same architecture, seed by seed
    assert curves["window"][0] != pytest.approx(curves["rope"][0])
    assert curves["rope"][0] != pytest.approx(curves["rope"][1])


def test_training_lowers_the_excess():
    trained = {"rope": partial(Decoder, LONG)}
    few, more = (READ(trained, {}, seeds=(0,), tokens=tokens)["rope"][0] for tokens in (500, 20_000))
    assert all(after < before for after, before in zip(more, few))
