"""A BERT without a head from a folder: what transformers computes, and what is no such folder."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from coursekit.pretrained.bert import load_folder

IDS = torch.randint(37, (2, 9), generator=torch.Generator().manual_seed(1))
MASK = torch.ones_like(IDS)
MASK[0, 5:] = 0


@pytest.fixture
def folder(tiny, tmp_path):
    """As published: float32, with a pooler that nothing here needs."""
    from transformers import BertModel

    torch.manual_seed(0)
    model = BertModel(tiny.bert().config)
    torch.nn.init.normal_(model.embeddings.token_type_embeddings.weight)
    model.save_pretrained(tmp_path)
    return tmp_path


def change(folder, **tensors):
    """Write the weights again with these; None leaves one out."""
    path = folder / "model.safetensors"
    weights = load_file(path) | tensors
    save_file({name: tensor for name, tensor in weights.items() if tensor is not None}, path)


def test_the_stream_after_the_last_layer_is_that_of_transformers(folder):
    from transformers import BertModel

    change(folder, **{"embeddings.position_ids": torch.arange(32)[None]})  # older files have it
    theirs, ours = BertModel.from_pretrained(folder).eval(), load_folder(folder)
    with torch.no_grad():
        expected = theirs(IDS, attention_mask=MASK).last_hidden_state
        stream = ours(IDS, MASK)
    assert not ours.training
    assert stream.shape == (2, 9, theirs.config.hidden_size)
    # normalised numbers of order 1 after some ten sums of 32 products in float32
    torch.testing.assert_close(stream[MASK == 1], expected[MASK == 1], rtol=0, atol=1e-5)


def test_a_tensor_more_or_less_is_named(folder):
    change(folder, extra=torch.zeros(1))
    with pytest.raises(ValueError, match=r": tensor 'extra' is not handled \(1 such\)$"):
        load_folder(folder)
    change(folder, extra=None, **{"encoder.layer.0.output.dense.bias": None, "pooler.dense.bias": None})
    with pytest.raises(ValueError, match=r": tensor 'encoder.layer.0.output.dense.bias' is missing \(1 such\)$"):
        load_folder(folder)


def test_a_tensor_of_another_size_is_named(folder):
    change(folder, **{"embeddings.LayerNorm.bias": torch.zeros(3)})
    with pytest.raises(
        ValueError, match=r"embedding.norm.bias: expected shape \(\d+,\) after config.json, got \(3,\)$"
    ):
        load_folder(folder)


def test_a_damaged_file_and_an_option_are_one_line(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    with pytest.raises(ValueError, match="bert: expected hidden_act in .*'gelu'.*, got 'relu'"):
        load_folder(folder)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ValueError, match="model.safetensors: expected tensors, got a damaged file: ") as error:
        load_folder(folder)
    assert "\n" not in str(error.value)
