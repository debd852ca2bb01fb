import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving import by_columns, generate


@pytest.mark.parametrize("tied", [True, False])
def test_by_columns_keeps_values_and_results_and_leaves_the_model_alone(tied):
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=11, width=16, layers=2, heads=2, context=24, tied=tied)).double().eval()
    columns = by_columns(model)
    assert columns.parameter_count() == model.parameter_count()
    for (name, ours), theirs in zip(columns.named_parameters(), model.parameters(), strict=True):
        assert ours.equal(theirs), name
        assert theirs.is_contiguous()
        assert ours.data_ptr() != theirs.data_ptr()
    assert columns.blocks[1].ffn.gate.weight.stride() == (1, 48)  # (F, C) = (48, 16): neighbours down a column
    assert columns.head.weight.stride() == (1, 11)
    prompt = torch.tensor([[1, 2, 3], [4, 5, 6]])
    # float64: sums of 48 terms in another order differ by some 48 roundings of 1e-16
    torch.testing.assert_close(columns(prompt), model(prompt), rtol=0, atol=1e-13)
    assert generate(columns, prompt, 8, temperature=0).equal(generate(model, prompt, 8, temperature=0))
