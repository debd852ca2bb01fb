import os

import pytest

from coursekit.bench import tokenizers as bench
from coursekit.tokenizers.pretokenize import count_words


def test_the_bench_yields_positive_ratios_and_gives_the_threads_back(monkeypatch):
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "true")
    rows = list(bench.run(megabytes=0.05, vocab_size=300, repeats=1))
    assert [name for name, _, _ in rows] == [
        "bench/bpe-train-over-hf",
        "bench/bpe-encode-over-hf",
        "bench/bpe-encode-lines-over-hf",
        "bench/bpe-encode-over-tiktoken",
    ]
    assert all(ratio > 0 and unit == "×" for _, ratio, unit in rows)
    assert os.environ["TOKENIZERS_PARALLELISM"] == "true"


def test_threads_are_off_inside_and_the_environment_is_as_before(monkeypatch):
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    with bench._one_thread():
        assert os.environ["TOKENIZERS_PARALLELISM"] == "false"
    assert "TOKENIZERS_PARALLELISM" not in os.environ


def test_libraries_that_disagree_are_no_result():
    bench._agree("ids", [1, 2], [1, 2])
    with pytest.raises(ValueError, match="HF's ids: expected the same as ours, got a difference at place 1"):
        bench._agree("HF's ids", [1, 2, 3], [1, 4, 3])
    with pytest.raises(ValueError, match="at place 2"):
        bench._agree("ids", [1, 2, 3], [1, 2])


def test_the_text_has_its_size_and_the_frequencies_of_a_language():
    text = bench.bench_text(400_000, types=5_000)
    assert 400_000 - 3 <= len(text.encode()) <= 400_000
    assert text == bench.bench_text(400_000, types=5_000)
    assert text != bench.bench_text(400_000, types=5_000, seed=1)
    assert text.startswith(next(iter(bench.curso.spanish().values())))
    invented = text[-200_000:]
    counts = sorted((count for word, count in count_words([invented]).items() if word[-1].isalpha()), reverse=True)
    # p(1) / p(10) = 12.7 / 3.7 = 3.4. Words after a line's end are counted without their space (4 %), and two ranks
    # may have drawn the same word: between 2 and 7. Of 5000 words some 3000 fit in 25 000 draws, not a few hundred.
    assert 2 <= counts[0] / counts[9] <= 7
    assert len(counts) > 1500
    assert sum(counts[:10]) < 0.4 * sum(counts)
