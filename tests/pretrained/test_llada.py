"""LLaDA's layers are Llama's: transformers' Llama under LLaDA's names, and with a mask that hides nothing.

LLaDA's own code is not in transformers; the names and options are those of the code that comes with its checkpoints.
"""

from functools import partial

import pytest
import torch

from coursekit.diffusion import generate
from coursekit.pretrained import from_transformers

IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("changes", [{}, {"num_key_value_heads": 4}, {"num_key_value_heads": 1}])
def test_logits_equal_those_of_llama_without_its_causal_mask(tiny, changes):
    model = tiny.llada(**changes)
    with torch.no_grad():
        logits = from_transformers(model)(IDS)
        torch.testing.assert_close(logits, model(IDS).logits, rtol=0, atol=1e-5)
        causal = model.llama(IDS).logits
    assert (logits[:, 0] - causal[:, 0]).abs().max() > 0.1  # it does look ahead


def test_it_generates(tiny):
    canvas = generate(from_transformers(tiny.llada()), IDS[:, :5], 3, mask_id=36, length=11)
    assert canvas[:, :5].equal(IDS[:, :5])
    assert (canvas < 36).all()


@pytest.mark.parametrize(
    ("name", "value"), [("block_type", "sequential"), ("include_bias", True), ("embedding_size", 64), ("alibi", True)]
)
def test_what_is_not_handled_is_refused(tiny, name, value):
    model = tiny.llada()
    setattr(model.config, name, value)
    with pytest.raises(ValueError, match=f"^llada: expected {name} in .*, got {value!r}$"):
        from_transformers(model)


def test_a_model_without_a_head_is_refused(tiny):
    model = tiny.llada()
    model.state_dict = partial(dict)
    with pytest.raises(ValueError, match="^expected a model with a language-model head, got LLaDA$"):
        from_transformers(model)
