"""Selective copying learned, for several seeds."""

import pytest
import torch

from coursekit.experiments.copying_seeds import copying_accuracies, copying_model, train_copying
from coursekit.ssm.lti_mamba import LTIMamba
from coursekit.ssm.mamba import Mamba
from coursekit.tasks import SelectiveCopying

TASK = SelectiveCopying(symbols=2, length=4, items=1)  # one symbol among noise, to be said again


def test_a_trained_arm_copies_and_an_untrained_one_guesses():
    """Two symbols: guessing is right half of the time; a while of training is enough for one symbol in four places."""
    arms = {"selective": Mamba, "lti": LTIMamba}
    scored = copying_accuracies(TASK, arms, seeds=(0, 1), steps=60)
    assert list(scored) == ["selective", "lti"]
    assert all(len(values) == 2 for values in scored.values())
    assert min(scored["selective"]) > 95
    guessed = copying_accuracies(TASK, {"selective": Mamba}, seeds=(0,), steps=1)["selective"][0]
    assert guessed < 80


def test_the_seed_and_nothing_else_decides():
    several = SelectiveCopying(symbols=3, length=8, items=2)
    both = copying_accuracies(several, {"a": Mamba}, seeds=(0, 1), steps=12)["a"]
    assert both[0] != both[1]
    assert copying_accuracies(several, {"b": Mamba}, seeds=(1,), steps=12)["b"] == both[1:]


def test_the_model_has_two_blocks_without_convolution_or_feed_forward():
    torch.manual_seed(0)
    model = copying_model(TASK, Mamba)
    assert [block.ffn for block in model.blocks] == [None, None]
    assert [block.mixer.conv1d.kernel_size for block in model.blocks] == [(1,), (1,)]
    before = model.blocks[0].mixer.A_log.detach().clone()
    train_copying(model, TASK, 0, steps=1)
    assert model.blocks[0].mixer.A_log.detach() != pytest.approx(before)
