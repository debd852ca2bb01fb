import subprocess
import sys
from types import SimpleNamespace

import pytest

from coursekit.bench import ngram as bench
from coursekit.bench import ngram_peak
from coursekit.bench.ngram_text import sentences
from coursekit.ngram.counting import END, count_ngrams


@pytest.mark.filterwarnings("ignore:order .*no three discounts")
def test_the_bench_yields_positive_numbers(monkeypatch):
    asked = []
    monkeypatch.setattr(bench, "peak", lambda *what: asked.append(what) or 2**21)
    rows = list(bench.run(tokens=3000, order=3, repeats=1, small=300, long=77))
    assert [(name, unit) for name, _, unit in rows] == [
        ("bench/ngram-count-time", "s"),
        ("bench/ngram-count-sorts", "×"),
        ("bench/ngram-count-drawn-time", "s"),
        ("bench/ngram-count-drawn-sorts", "×"),
        ("bench/ngram-fit-time", "s"),
        ("bench/ngram-score", "tokens/s"),
        ("bench/ngram-fit-over-nltk", "×"),
        ("bench/ngram-score-over-nltk", "×"),
        ("bench/ngram-count-peak", "MiB"),
        ("bench/ngram-fit-peak", "MiB"),
    ]
    assert all(value > 0 for _, value, _ in rows)
    assert rows[-1][1] == 2
    assert asked == [("count", 77, 3), ("fit", 77, 3)]


def test_other_counts_are_no_result(monkeypatch):
    monkeypatch.setattr(bench, "_all_ngrams", lambda row, order: [row[:2]])
    with pytest.raises(ValueError, match=r"^expected nltk to count \d+ n-grams, got \d+$"):
        list(bench._against_nltk(bench._stories(100), bench._stories(50), 3, 1))


def test_the_text_is_as_long_as_asked_and_has_the_frequencies_of_a_language():
    text = list(sentences(50_000, types=5000))
    assert text == list(sentences(50_000, types=5000))
    assert text[:5] != list(sentences(500, types=5000, seed=1))[:5]
    assert 50_000 <= sum(map(len, text)) < 51_000
    assert all(s[-1] == END and END not in s[:-1] for s in text)
    # a sentence ends after any word with 1/15: 15 words and END on average
    assert sum(map(len, text)) / len(text) == pytest.approx(16, rel=0.1)
    counts = sorted(count_ngrams(text, 1).counts(1).values(), reverse=True)[1:]  # but for END
    # p(1) / p(10) = 12.7 / 3.7 = 3.4
    assert 2.5 < counts[0] / counts[9] < 4.5


def test_a_peak_is_measured_in_a_process_of_its_own(monkeypatch):
    def run(command, stdout, text, check):
        assert command == [sys.executable, "-m", "coursekit.bench.ngram_peak", "fit", "500", "3"]
        assert check
        assert text
        assert stdout == subprocess.PIPE
        return SimpleNamespace(stdout="12345\n")

    monkeypatch.setattr(ngram_peak.subprocess, "run", run)
    assert ngram_peak.peak("fit", 500, 3) == 12345


@pytest.mark.filterwarnings("ignore:order .*no three discounts")
def test_a_peak_is_more_than_python_and_less_than_the_machine():
    assert 10 * 2**20 < ngram_peak.peak("count", 2000, 3) < 2**30
