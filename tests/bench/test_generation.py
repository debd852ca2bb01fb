import pytest
import torch

from coursekit.bench import generation as bench


def test_the_bench_yields_positive_ratios_and_gives_the_threads_back():
    before = torch.get_num_threads()
    rows = list(bench.run(width=16, layers=2, new=3, repeats=1))
    assert [name for name, _, _ in rows] == [
        "bench/decode-over-transformers",
        "bench/decode-rows-over-transformers",
        "bench/decode-over-linears",
        "bench/decode-rows-over-linears",
    ]
    assert all(ratio > 0 and unit == "×" for _, ratio, unit in rows)
    assert torch.get_num_threads() == before


def test_other_tokens_than_transformers_are_no_result(monkeypatch):
    def wrong(model, prompt, new, temperature):
        return torch.zeros(1, prompt.shape[1] + new, dtype=torch.long)

    monkeypatch.setattr(bench, "generate", wrong)
    with pytest.raises(ValueError, match="weights by rows: expected the tokens of transformers, got others"):
        next(bench.run(width=16, layers=1, new=2))


def test_the_linear_layers_alone_are_all_of_them_each_step(monkeypatch):
    model = bench.from_transformers(bench._llama(16, 2))
    seen = []
    monkeypatch.setattr(bench.F, "linear", lambda x, weight: seen.append((tuple(x.shape), weight)))
    bench._linears_alone(model, 3)
    linear = [part.weight for part in model.modules() if isinstance(part, torch.nn.Linear)]
    # 2 layers of 4 + 3 matrices, and the head; 3 steps
    assert len(linear) == 15
    assert [id(weight) for _, weight in seen] == 3 * [id(weight) for weight in linear]
    assert all(shape == (1, 1, weight.shape[1]) for shape, weight in seen)
