"""The watermark: half the tokens are green, marked text has more of them, other text and other keys do not."""

from math import sqrt

import pytest
import torch

from coursekit.serving.sampling import GreenList, Sampling, z_score

V = 64


def _written(watermark, length, seed=0):
    """Text from a model that finds every token alike."""
    generator = torch.Generator().manual_seed(seed)
    sampling = Sampling(steps=(watermark,) if watermark else ())
    ids = torch.tensor([[0]])
    for _ in range(length):
        ids = torch.cat([ids, sampling.draw(torch.zeros(1, V), generator, ids)], dim=1)
    return ids[0].tolist()


def test_a_list_has_its_share_and_depends_on_key_and_previous_token():
    watermark = GreenList(V, gamma=0.25)
    assert watermark.green(3).sum() == 16
    assert watermark.green(3).equal(GreenList(V, gamma=0.25).green(3))
    assert not watermark.green(3).equal(watermark.green(4))
    assert not watermark.green(3).equal(GreenList(V, gamma=0.25, key=1).green(3))


def test_only_green_scores_rise_each_row_after_its_own_last_token():
    watermark = GreenList(V, delta=1.5)
    raised = watermark(torch.zeros(2, V), torch.tensor([[9, 3], [9, 4]]))
    assert raised.equal(1.5 * torch.stack([watermark.green(3), watermark.green(4)]))


def test_the_z_score_by_hand():
    watermark = GreenList(V, gamma=0.25)
    green = watermark.green(0).nonzero()[:, 0].tolist()
    red = (~watermark.green(0)).nonzero()[:, 0].tolist()
    # one pair, green: (1 - 0.25) / sqrt(0.25 * 0.75) = sqrt(3); red: -0.25 / sqrt(0.1875) = -1 / sqrt(3)
    assert z_score([0, green[0]], watermark) == pytest.approx(sqrt(3))
    assert z_score([0, red[0]], watermark) == pytest.approx(-1 / sqrt(3))
    assert z_score([0, 0] * 50, watermark) == z_score([0, 0], watermark)  # a repeated pair counts once


def test_marked_text_is_found_and_other_text_is_not():
    # a flat model with delta 2 and gamma 1/2 is green with probability e^2 / (e^2 + 1) = 0.88; 300 tokens: z about 13
    watermark = GreenList(V, delta=2.0, key=7)
    assert z_score(_written(watermark, 300), watermark) > 8
    assert abs(z_score(_written(None, 300), watermark)) < 4
    assert abs(z_score(_written(watermark, 300), GreenList(V, delta=2.0, key=8))) < 4
    assert abs(z_score(_written(GreenList(V, delta=0.0, key=7), 300), watermark)) < 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gamma": 0}, "gamma: expected a number between 0 and 1"),
        ({"gamma": 0.001}, "gamma: expected some tokens green and some not, got 0 of 64"),
        ({"delta": -1}, "delta: expected a finite number >= 0"),
        ({"key": -1}, "key: expected a whole number >= 0"),
    ],
)
def test_bad_numbers_are_one_clear_line(options, message):
    with pytest.raises(ValueError, match=message):
        GreenList(V, **options)


def test_a_text_of_one_token_has_no_score():
    with pytest.raises(ValueError, match="ids: expected at least 2 tokens, got 1"):
        z_score([3], GreenList(V))
