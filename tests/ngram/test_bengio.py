from itertools import islice

import pytest
import torch

from coursekit.corpus import cuentos
from coursekit.liga.costs import state_bytes
from coursekit.ngram.bengio import NeuralNGram
from coursekit.packing import pack
from coursekit.scoring import excess_bits, paired_excess
from coursekit.train import Budget, train


def build(**options):
    torch.manual_seed(0)
    return NeuralNGram(7, **({"order": 4, "width": 3, "hidden": 5} | options)).double()


def ids(length=11, batch=2):
    return torch.randint(7, (batch, length), generator=torch.Generator().manual_seed(1))


def test_windows_by_hand():
    model = build()
    # END is 0. The nearest first; before the row, and beyond an END, all is END
    windows = model.windows(torch.tensor([[5, 3, 0, 4, 6, 2]]))
    assert windows[0].tolist() == [[5, 0, 0], [3, 5, 0], [0, 0, 0], [4, 0, 0], [6, 4, 0], [2, 6, 4]]
    assert build(order=2).windows(torch.tensor([[5, 0, 4]]))[0].tolist() == [[5], [0], [4]]
    assert build(end=6).windows(torch.tensor([[5, 0, 6, 1]]))[0].tolist() == [
        [5, 6, 6],
        [0, 5, 6],
        [6, 6, 6],
        [1, 6, 6],
    ]


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("hidden", [0, 5])
def test_the_equation_of_the_paper(direct, hidden):
    if not (direct or hidden):
        return
    model = build(direct=direct, hidden=hidden)
    with torch.no_grad():
        model.bias.copy_(torch.arange(7))
    row = torch.tensor([[5, 3, 4]])
    C = model.embedding.weight
    x = torch.cat([C[4], C[3], C[5]])  # the nearest first
    y = torch.arange(7.0, dtype=torch.float64)
    if hidden:
        y = y + model.output.weight @ (model.hidden.bias + model.hidden.weight @ x).tanh()
    if direct:
        y = y + model.direct.weight @ x
    torch.testing.assert_close(model(row)[0, -1], y, rtol=0, atol=1e-14)
    # V (1 + E) and (n - 1) E inputs: to H units and V H, or to V words
    expected = 7 * (1 + 3) + hidden * (9 + 1) + 7 * hidden + direct * 7 * 9
    assert model.parameter_count() == expected


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("pieces", [[1] * 11, [4, 1, 6]])
def test_piece_by_piece_is_all_at_once(order, pieces):
    model, tokens = build(order=order), ids()
    cache = model.new_cache(2)
    parts = [model(piece, cache) for piece in tokens.split(pieces, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(tokens), rtol=0, atol=1e-12)
    assert sum(tensor.nbytes for tensor in cache.tensors()) == 8 * 2 * (order - 2)
    assert state_bytes(model, 20) == 8 * (order - 2)


def test_nothing_but_the_window_counts_and_every_weight_learns():
    model, tokens = build(direct=True), ids()
    tokens = tokens.clamp(min=1)
    other = tokens.clone()
    other[:, 4] = other[:, 4] % 6 + 1
    changed = (model(tokens) - model(other)).abs().amax((0, 2)) > 1e-12
    assert changed.nonzero().flatten().tolist() == [4, 5, 6]
    model(tokens).square().sum().backward()
    for name, weight in model.named_parameters():
        assert weight.grad.abs().max() > 0, name


def test_it_learns_stories_and_stays_above_the_floor():
    torch.manual_seed(0)
    model = NeuralNGram(len(cuentos.VOCABULARY), order=4, width=16, hidden=32)
    batches = pack(cuentos.stories(0), cuentos.encode, context=64 * 3, batch=8)
    train(model, batches, budget=Budget(steps=120), lr=1e-2, progress=False)
    test = list(islice(cuentos.stories(1), 100))
    excess = excess_bits(model, test, cuentos)
    counts = cuentos.expected_counts()
    total = sum(counts.values())
    unigram = [sum(torch.tensor(counts[word] / total).log2().item() for word in story) for story in test]
    of_unigram = paired_excess([cuentos.log2_probability(s) for s in test], unigram, [len(s) for s in test])
    assert excess.mean - 4 * excess.standard_error > 0
    assert excess.mean < of_unigram.mean - 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": 1}, r"expected whole numbers vocab_size >= 1, order >= 2, .* got \(7, 1, 3, 5\)"),
        ({"width": 0}, r"expected whole numbers .* got \(7, 4, 0, 5\)"),
        ({"hidden": -1}, r"expected whole numbers .* got \(7, 4, 3, -1\)"),
        ({"hidden": 2.0}, r"expected whole numbers .* got \(7, 4, 3, 2\.0\)"),
        ({"hidden": 0}, "expected hidden units, or direct connections, or both, got neither"),
    ],
)
def test_sizes_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        build(**options)
