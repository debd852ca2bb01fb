import pytest
import torch

from coursekit.adapters.lora import add_lora
from coursekit.adapters.new_tokens import add_tokens
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.train import next_token_loss


def _decoder(tied=True):
    torch.manual_seed(0)
    return Decoder(DecoderConfig(vocab_size=5, width=8, layers=1, heads=2, context=8, tied=tied))


def test_old_tokens_score_as_before():
    model, ids = _decoder(), torch.tensor([[0, 4, 2]])
    before = model(ids)
    after = add_tokens(model, 3)(ids)
    assert after.shape == (1, 3, 8)
    torch.testing.assert_close(after[..., :5], before)


def test_a_new_token_starts_as_the_mean_of_all():
    # rows (1, 3) and (3, 5): the mean is (2, 4)
    model = Decoder(DecoderConfig(vocab_size=2, width=2, layers=1, heads=1, context=8))
    with torch.no_grad():
        model.embedding.tokens.weight.copy_(torch.tensor([[1.0, 3.0], [3.0, 5.0]]))
    table = add_tokens(model, 2).embedding.tokens.weight
    torch.testing.assert_close(table, torch.tensor([[1.0, 3.0], [3.0, 5.0], [2.0, 4.0], [2.0, 4.0]]))


def test_only_the_new_rows_learn_once_the_model_is_frozen():
    model = _decoder().requires_grad_(False)
    add_tokens(model, 3)
    assert [name for name, weight in model.named_parameters() if weight.requires_grad] == ["embedding.tokens.new"]
    ids = torch.tensor([[5, 7, 1]])
    next_token_loss(model, ids, torch.tensor([[7, 1, 6]])).backward()
    assert model.embedding.tokens.new.grad.abs().sum(-1).min() > 0
    assert model.embedding.tokens.old.grad is None


def test_after_lora_both_learn_and_nothing_else():
    model = add_tokens(add_lora(_decoder(), rank=1, alpha=1), 3)
    learned = {name.rpartition(".")[2] for name, weight in model.named_parameters() if weight.requires_grad}
    assert learned == {"up", "down", "new"}


def test_the_table_counts_once():
    # 5 x 8 old and 3 x 8 new numbers, shared by input and output
    model = _decoder()
    before = model.parameter_count()
    assert add_tokens(model, 3).parameter_count() == before + 3 * 8


def test_errors():
    with pytest.raises(ValueError, match="count: expected at least 1, got 0"):
        add_tokens(_decoder(), 0)
    with pytest.raises(ValueError, match="two matrices"):
        add_tokens(_decoder(tied=False), 1)
