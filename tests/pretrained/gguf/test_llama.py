"""Architecture llama: the decoder gives transformers' logits; what is missing, left over or not handled is refused."""

import gguf
import numpy as np
import pytest
import torch
from gguf_files import TOKENS, tensors, write

from coursekit.pretrained import from_gguf

transformers = pytest.importorskip("transformers")
ZEROS = np.zeros(64, np.float32)
IDS = torch.tensor([[5, 77, 200, 3, 3, 150, 9, 260]])


def _pairs(weight, heads):
    """Rows as files of this architecture have them, from rows as transformers has them."""
    rows, width = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, width).swapaxes(1, 2).reshape(rows, width)


def _theirs(weights, **options):
    """The same weights in transformers' Llama; queries and keys half by half."""
    config = transformers.LlamaConfig(
        vocab_size=len(TOKENS), hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=32, rms_norm_eps=1e-5, tie_word_embeddings=True, **options,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config).eval()
    names = {
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    }  # fmt: skip
    state = {
        "model.embed_tokens.weight": weights["token_embd.weight"],
        "model.norm.weight": weights["output_norm.weight"],
    }
    for i in range(2):
        state |= {
            f"model.layers.{i}.{theirs}.weight": weights[f"blk.{i}.{ours}.weight"] for ours, theirs in names.items()
        }
    state["lm_head.weight"] = weights.get("output.weight", weights["token_embd.weight"])
    if "output.weight" in weights:
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))
    model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return model


def _filed(weights):
    """The weights as the file has them."""
    turned = {"attn_q": 4, "attn_k": 2}
    return {name: _pairs(a, turned[n]) if (n := name.split(".")[-2]) in turned else a for name, a in weights.items()}


@pytest.mark.parametrize("head", ["tied", "its own"])
@pytest.mark.parametrize("base", [None, 500.0])
def test_logits_are_those_of_transformers(tmp_path, head, base):
    weights = tensors()
    if head == "its own":
        weights["output.weight"] = tensors(seed=1)["token_embd.weight"]
    keys = {} if base is None else {"llama.rope.freq_base": ("float32", base)}
    decoder, _ = from_gguf(write(tmp_path / "a.gguf", _filed(weights), keys=keys))
    assert decoder.config.tied == (head == "tied")
    assert (decoder.head.weight is decoder.embedding.tokens.weight) == (head == "tied")
    rope = {"rope_type": "default", "rope_theta": base or 10000.0}
    with torch.inference_mode():
        expected = _theirs(weights, rope_parameters=rope)(IDS).logits
        torch.testing.assert_close(decoder(IDS), expected, rtol=1e-4, atol=1e-5)
    wrong, _ = from_gguf(write(tmp_path / "b.gguf", weights, keys=keys))  # queries and keys as they are in transformers
    with torch.inference_mode():
        assert (wrong(IDS) - expected).abs().max() > 1e-2


def test_linear_scaling_and_a_window_are_read(tmp_path):
    keys = {
        "llama.rope.scaling.type": ("string", "linear"),
        "llama.rope.scaling.factor": ("float32", 4.0),
        "llama.attention.key_length": ("uint32", 16),
    }
    weights = tensors()
    decoder, _ = from_gguf(write(tmp_path / "a.gguf", _filed(weights), keys=keys))
    rope = {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}
    with torch.inference_mode():
        expected = _theirs(weights, rope_parameters=rope)(IDS).logits
        torch.testing.assert_close(decoder(IDS), expected, rtol=1e-4, atol=1e-5)
    window = {"llama.attention.sliding_window": ("uint32", 3)}
    decoder, _ = from_gguf(write(tmp_path / "b.gguf", _filed(weights), keys=window))
    with torch.inference_mode():
        assert (decoder(IDS)[:, -1] - expected[:, -1]).abs().max() > 1e-3
    assert decoder.blocks[0].mixer.window == 3


@pytest.mark.parametrize("kind", ["F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0"])
def test_weights_of_few_bits_are_those_of_the_package(tmp_path, kind):
    weights = tensors()
    matrices = {name: gguf.GGMLQuantizationType[kind] for name, a in weights.items() if a.ndim == 2}
    decoder, _ = from_gguf(write(tmp_path / "a.gguf", weights, matrices))
    for theirs, ours in (("blk.1.ffn_down", "blocks.1.ffn.output"), ("token_embd", "embedding.tokens")):
        array, kind_ = weights[f"{theirs}.weight"], matrices[f"{theirs}.weight"]
        expected = gguf.quants.dequantize(gguf.quants.quantize(array, kind_), kind_)
        assert np.array_equal(decoder.get_parameter(f"{ours}.weight").detach().numpy(), expected.reshape(array.shape))


def test_the_decoder_may_be_trained_and_takes_no_memory_of_the_file(tmp_path):
    path = write(tmp_path / "a.gguf")
    decoder, _ = from_gguf(path)
    path.unlink()
    decoder(IDS).logsumexp(-1).sum().backward()
    assert all(parameter.grad is not None for parameter in decoder.parameters())
    assert not decoder.training


def _without(name):
    return {key: array for key, array in tensors().items() if key != name}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"architecture": "mamba"}, "expected architecture llama, got 'mamba'"),
        ({"weights": _without("blk.1.ffn_up.weight")}, "expected a tensor 'blk.1.ffn_up.weight', got none"),
        ({"weights": _without("token_embd.weight")}, "expected a tensor 'token_embd.weight' with two axes"),
        ({"weights": tensors() | {"blk.0.attn_q.bias": ZEROS}}, "'blk.0.attn_q.bias' is not handled"),
        ({"weights": tensors() | {"rope_freqs.weight": ZEROS}}, "'rope_freqs.weight' is not handled"),
        ({"weights": tensors(ffn=128)}, r"'blk.0.ffn_gate.weight': expected shape \(96, 64\), got \(128, 64\)"),
        ({"sizes": {"block_count": 1}}, "tensor 'blk.1.attn_k.weight' is not handled"),
        ({"sizes": {"block_count": None}}, "expected llama.block_count"),
        ({"sizes": {"attention.head_count": 3}}, "expected .*3"),
        ({"sizes": {"attention.head_count": 0}}, "expected"),
        ({"sizes": {"embedding_length": 0}}, "expected"),
        ({"sizes": {"block_count": 0}}, "expected sizes that are whole numbers >= 1"),
        ({"keys": {"llama.expert_count": ("uint32", 8)}}, "llama.expert_count 8 is not handled"),
        ({"keys": {"llama.rope.scaling.type": ("string", "yarn")}}, "llama.rope.scaling.type 'yarn' is not handled"),
        ({"keys": {"llama.rope.dimension_count": ("uint32", 8)}}, "keys, values and rotation of 16 numbers"),
        ({"keys": {"split.count": ("uint16", 2)}}, "one of several parts"),
        ({"keys": {"llama.rope.freq_base": ("string", "big")}}, r"expected llama.rope.freq_base \(float\), got str"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_one_line_that_names_the_file(tmp_path, options, problem):
    with pytest.raises(ValueError, match=problem) as raised:
        from_gguf(write(tmp_path / "odd.gguf", **options))
    assert str(raised.value).startswith(str(tmp_path / "odd.gguf"))
    assert "\n" not in str(raised.value)


def test_a_folder_and_no_file_are_said_by_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        from_gguf(tmp_path / "none.gguf")
    with pytest.raises((ValueError, OSError)):
        from_gguf(tmp_path)


def test_the_tokenizer_comes_along_or_is_left_out(tmp_path):
    _, tokenizer = from_gguf(write(tmp_path / "a.gguf"))
    assert tokenizer.encode("the") == [TOKENS.index("t"), TOKENS.index("he")]
    assert tokenizer.special == {"<|end|>": 0, "<|turn|>": len(TOKENS) - 1}
    assert (tokenizer.end, tokenizer.begin) == (0, None)
    assert tokenizer.decode(tokenizer.chat([{"role": "user", "content": "¿12?"}])) == "<|turn|>user: ¿12?<|turn|>"
    path = write(tmp_path / "b.gguf", tokenizer=False)
    with pytest.raises(
        ValueError, match="expected tokenizer gpt2 .* got 'none'.*tokenizer=False reads the model alone"
    ):
        from_gguf(path)
    assert from_gguf(path, tokenizer=False)[1] is None
