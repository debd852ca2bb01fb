from itertools import islice
from math import atanh, log

import pytest
import torch

from coursekit.recurrent import Seq2Seq
from coursekit.recurrent.additive_attention import AdditiveAttention
from coursekit.tasks import Reversal, accuracy, batches, whole_accuracy
from coursekit.tasks.reversal import END, PAD
from coursekit.train import Budget, train

TASK = Reversal(symbols=4, places=5)


def build(attention=True, seed=0, **sizes):
    torch.manual_seed(seed)
    return Seq2Seq(TASK.vocab_size, width=6, units=7, source=TASK.places, attention=attention, **sizes).double()


def rows(count=8, seed=3):
    return next(batches(TASK, count, seed))


def test_additive_attention_by_hand():
    attention = AdditiveAttention(1, 1, 1)
    with torch.no_grad():
        for part in (attention.query, attention.key, attention.score):
            part.weight.fill_(1.0)
        attention.score.weight.fill_(2 * log(3))
    # s = 0: e_j = 2 ln 3 tanh(h_j); tanh = 1/2 and 0: weights 3/4, 1/4; the third is hidden
    half = atanh(0.5)
    keys = torch.tensor([[[half], [0.0], [9.0]]])
    hidden = torch.tensor([[False, False, True]])
    context, weights = attention(torch.zeros(1, 1), keys, attention.key(keys), hidden)
    assert weights[0].tolist() == pytest.approx([3 / 4, 1 / 4, 0], abs=1e-6)
    assert context.item() == pytest.approx(3 / 4 * half, abs=1e-6)
    # the query counts, too: s = -half: tanh(0) = 0 and tanh(-half) = -1/2: the same odds
    context, weights = attention(torch.full((1, 1), -half), keys, attention.key(keys), hidden)
    assert weights[0].tolist() == pytest.approx([3 / 4, 1 / 4, 0], abs=1e-6)


def test_the_equations_of_the_paper_once_more():
    """Written out again, for one source of three words without padding, with torch alone."""
    model = Seq2Seq(6, width=3, units=2, source=3).double()
    ids = torch.tensor([[2, 3, 4, 1, 4]])
    x = model.embedding.weight[ids[0]]

    def gru(layer, x, h):
        W, U, b, d = layer.parameters()
        r, z, n = (W @ x + b).chunk(3)
        r = (r + (U @ h + d)[:2]).sigmoid()
        z = (z + (U @ h + d)[2:4]).sigmoid()
        return (1 - z) * h + z * (n + (U[4:] @ (r * h)) + d[4:]).tanh()

    h, forwards = torch.zeros(2, dtype=torch.float64), []
    for word in x[:3]:
        h = gru(model.forwards, word, h)
        forwards.append(h)
    h, backwards = torch.zeros(2, dtype=torch.float64), []
    for word in x[:3].flip(0):
        h = gru(model.backwards, word, h)
        backwards.insert(0, h)
    keys = [torch.cat(pair) for pair in zip(forwards, backwards)]
    s = (model.first_state.weight @ backwards[0] + model.first_state.bias).tanh()
    a = model.attention
    for i, word in enumerate(x[3:]):
        e = torch.stack([a.score.weight[0] @ (a.query.weight @ s + a.key.weight @ key).tanh() for key in keys])
        alpha = e.softmax(0)
        context = sum(weight * key for weight, key in zip(alpha, keys))
        s = gru(model.decoder, torch.cat([word, context]), s)
        logits = model.output.weight @ torch.cat([s, context]) + model.output.bias
        scores, looked = model.read(ids)
        torch.testing.assert_close(scores[0, 3 + i], logits, rtol=0, atol=1e-12)
        torch.testing.assert_close(looked[0, i], alpha, rtol=0, atol=1e-12)


def test_without_attention_one_vector_is_all_there_is():
    model, (inputs, _) = build(attention=False), rows()
    logits, weights = model.read(inputs)
    assert weights is None
    keys, fixed, _ = model.encode(inputs[:, :5], inputs[:, :5] == PAD)
    # the last real forward state, and the first backward one
    lengths = (inputs[:, :5] != PAD).sum(1)
    for row, n in enumerate(lengths.tolist()):
        assert torch.equal(fixed[row], torch.cat([keys[row, n - 1, :7], keys[row, 0, 7:]]))
    assert logits.shape == (8, 11, TASK.vocab_size)


@pytest.mark.parametrize("attention", [True, False])
def test_padding_changes_nothing(attention):
    model, (inputs, _) = build(attention), rows()
    logits, weights = model.read(inputs)
    assert torch.equal(logits[:, :5], torch.zeros_like(logits[:, :5]))
    for row, ids in enumerate(inputs):
        n = int((ids[:5] != PAD).sum())
        short = build(attention)
        short.source = n
        alone, looked = short.read(torch.cat([ids[:n], ids[5:]])[None])
        torch.testing.assert_close(logits[row, 5:], alone[0, n:], rtol=0, atol=1e-12)
        if attention:
            torch.testing.assert_close(weights[row, :, :n], looked[0], rtol=0, atol=1e-12)
            assert weights[row, :, n:].abs().sum() == 0
            assert weights[row].sum(-1).tolist() == pytest.approx([1] * 6, abs=1e-12)


@pytest.mark.parametrize("attention", [True, False])
def test_the_target_is_read_from_left_to_right_and_every_weight_learns(attention):
    model, (inputs, _) = build(attention), rows()
    later = inputs.clone()
    later[:, 8:] = 2
    before, after = model(inputs), model(later)
    assert torch.equal(before[:, :8], after[:, :8])
    changed = inputs.clone()
    changed[:, 0] = 7 - changed[:, 0]  # another first symbol, none of them padding
    assert (model(changed)[:, 5:] - before[:, 5:]).abs().amax((1, 2)).min() > 1e-8
    model(inputs).square().sum().backward()
    for name, weight in model.named_parameters():
        assert weight.grad.abs().max() > 0, name


def test_it_learns_to_reverse_and_says_so_by_itself():
    model = build().float()
    task = Reversal(symbols=4, places=5)
    train(model, batches(task, 32, seed=0), budget=Budget(steps=400), lr=1e-2, progress=False)
    test = list(islice(batches(task, 50, seed=1), 2))
    assert accuracy(model, test) > 0.97
    whole = whole_accuracy(model, test)
    assert whole > 0.9
    right = sequences = 0
    for inputs, targets in test:
        said = model.transduce(inputs[:, :5], end=END, longest=6)
        for row, target in zip(said.tolist(), targets.tolist()):
            expected = [token for token in target if token != -100]
            right += row[: len(expected)] == expected
            assert set(row[row.index(END) :] if END in row else []) <= {END}
            sequences += 1
    # whoever is right at every step with the target before it is right by itself, too
    assert right / sequences == whole


def test_transduction_ends():
    model = build()
    with torch.no_grad():
        model.output.bias[:] = 0
        model.output.bias[END] = 1e9
    assert model.transduce(rows()[0][:, :5], END, longest=6).tolist() == [[END]] * 8
    with torch.no_grad():
        model.output.bias[END] = -1e9
    assert model.transduce(rows()[0][:, :5], END, longest=6).shape == (8, 6)


def test_another_padding():
    torch.manual_seed(0)
    model, (inputs, _) = Seq2Seq(10, 6, 7, 5, pad=9).double(), rows()
    hidden = inputs[:, :5] == PAD
    inputs[:, :5] = inputs[:, :5].masked_fill(hidden, 9)
    _, weights = model.read(inputs)
    assert (weights[:, 0] == 0).equal(hidden)


def test_bad_input_is_one_clear_line():
    with pytest.raises(ValueError, match=r"^expected vocab_size, .* whole numbers >= 1, got \(6, 3, 0, 4\)$"):
        Seq2Seq(6, 3, 0, 4)
    model = build()
    with pytest.raises(
        ValueError, match=r"^input_ids: expected \(batch, more than 5\), source and target, got \(2, 5\)$"
    ):
        model(torch.ones(2, 5, dtype=torch.long))
    with pytest.raises(ValueError, match="^input_ids: expected a source in every row, got one of padding alone, 0$"):
        model(torch.zeros(2, 7, dtype=torch.long))
