import pytest
import torch
from torch import nn

from coursekit.corpus import cuentos
from coursekit.scoring.excess import story_log2_probabilities
from coursekit.scoring.tokens import token_log2_probabilities


class Next(nn.Module):
    """After token i: i + 1 with 1/2, each other with the same."""

    def __init__(self):
        super().__init__()
        self.size = len(cuentos.VOCABULARY)

    def forward(self, input_ids):
        logits = torch.zeros(*input_ids.shape, self.size, dtype=torch.float64)
        follows = (input_ids + 1) % self.size
        return logits.scatter(-1, follows[..., None], torch.tensor(float(self.size - 1)).log().item())


def test_bits_by_hand_and_in_order():
    (end, *words), size = cuentos.VOCABULARY, len(cuentos.VOCABULARY)
    other = -torch.tensor(2.0 * (size - 1)).log2().item()
    # after END (id 0) the word of id 1 is half certain, and after it that of id 2
    stories = [[words[0], words[1], end], [words[5], end], [words[0], end]]
    found = token_log2_probabilities(Next(), stories, cuentos, batch=2)
    assert [scores.tolist() for scores in found] == [
        pytest.approx([-1, -1, other], abs=1e-6),
        pytest.approx([other, other], abs=1e-6),
        pytest.approx([-1, other], abs=1e-6),
    ]
    totals = story_log2_probabilities(Next(), stories, cuentos)
    assert [scores.sum() for scores in found] == pytest.approx(totals, abs=1e-12)


def test_the_mode_of_the_model_is_kept():
    class Mode(Next):
        seen = None

        def forward(self, input_ids):
            self.seen = self.training, torch.is_grad_enabled()
            return super().forward(input_ids)

    for training in (True, False):
        model = Mode().train(training)
        token_log2_probabilities(model, [[cuentos.VOCABULARY[1], cuentos.END]], cuentos)
        assert model.seen == (False, False)
        assert model.training is training
