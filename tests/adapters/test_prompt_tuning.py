from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from coursekit.adapters.prompt_tuning import SoftPrompt
from coursekit.decoder import Decoder, DecoderConfig
from coursekit.layers.embeddings import LearnedPositions
from coursekit.serving.generate import generate

CONFIG = DecoderConfig(vocab_size=13, width=16, layers=2, heads=4, context=24)
IDS = torch.randint(13, (2, 9), generator=torch.Generator().manual_seed(1))


def trained(config=CONFIG, **parts):
    """A decoder with large random weights in float64, so that nothing is hidden by being small."""
    torch.manual_seed(0)
    model = Decoder(config, **parts).double()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
    return model


@settings(max_examples=20, deadline=None, derandomize=True)
@given(prefix=st.lists(st.integers(0, 12), min_size=1, max_size=8), tied=st.booleans())
def test_a_prompt_of_token_vectors_is_a_prompt_of_tokens(prefix, tied):
    config = replace(CONFIG, tied=tied)
    model, plain = SoftPrompt(trained(config), len(prefix)), trained(config)
    with torch.no_grad():
        model.model.embedding.prompt.copy_(plain.embedding.tokens.weight[prefix])
        expected = plain(torch.cat((torch.tensor([prefix, prefix]), IDS), dim=1))[:, len(prefix) :]
        torch.testing.assert_close(model(IDS), expected, rtol=0, atol=1e-12)


def test_it_begins_as_tokens_of_the_vocabulary():
    model = SoftPrompt(trained(), 5)
    table, prompt = trained().embedding.tokens.weight, model.model.embedding.prompt
    matches = (prompt[:, None] == table).all(-1)  # (P, V)
    assert matches.any(1).all()
    assert matches.any(0).sum() > 1


def test_only_the_prompt_learns():
    model = SoftPrompt(trained(), 3)
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    assert sum(weight.numel() for weight in learning) == 3 * 16
    F.cross_entropy(model(IDS).flatten(0, 1), IDS.flatten()).backward()
    assert (learning[0].grad.abs().amax(-1) > 0).all()
    assert [name for name, weight in model.named_parameters() if weight.grad is not None] == ["model.embedding.prompt"]


def test_learning_lowers_the_loss_of_the_frozen_model():
    model = SoftPrompt(trained(), 4)
    (prompt,) = (weight for weight in model.parameters() if weight.requires_grad)
    optimizer, losses = torch.optim.Adam([prompt], lr=0.1), []
    for _ in range(20):
        loss = F.cross_entropy(model(IDS[:, :-1]).flatten(0, 1), IDS[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("chunks", [[1] * 9, [4, 5]])
@pytest.mark.parametrize("parts", [{}, {"embedding": LearnedPositions}], ids=["rotary", "learned positions"])
def test_with_cache_equals_all_at_once(parts, chunks):
    model = SoftPrompt(trained(**parts), 3)
    cache = model.new_cache(2)
    result = torch.cat([model(chunk, cache) for chunk in IDS.split(chunks, dim=1)], dim=1)
    torch.testing.assert_close(result, model(IDS), rtol=0, atol=1e-10)
    assert cache.length == 3 + 9


def test_the_model_without_prompt_is_as_before():
    inner = trained()
    expected = inner(IDS)
    SoftPrompt(inner, 3)
    assert torch.equal(inner(IDS), expected)


def test_generation_reads_the_prompt():
    model, plain = SoftPrompt(trained(), 2), trained()
    with torch.no_grad():
        model.model.embedding.prompt.copy_(plain.embedding.tokens.weight[[7, 3]])
    written = torch.cat((torch.tensor([[7, 3], [7, 3]]), IDS[:, :2]), dim=1)
    expected = generate(plain, written, 8, temperature=0)[:, 2:]
    assert torch.equal(generate(model, IDS[:, :2], 8, temperature=0), expected)


def test_lengths_that_do_not_fit_are_refused():
    for length in (0, 24):
        with pytest.raises(ValueError, match=f"length: expected 1 to 23 vectors, got {length}"):
            SoftPrompt(trained(), length)
    with pytest.raises(ValueError, match="at most 24 tokens, got 25"):
        SoftPrompt(trained(), 16)(IDS)
