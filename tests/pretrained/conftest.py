"""`tiny`: models of transformers of all families, tiny and with random weights. `recurrent`: what is asked of those
that decode from a state.
"""

from types import SimpleNamespace

import pytest
import torch
import transformers

from coursekit.pretrained import from_transformers

SPECIAL = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
LLAMA = SPECIAL | {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "intermediate_size": 40,
    "vocab_size": 37,
    "max_position_embeddings": 20,
}
MIXTRAL = LLAMA | {"num_local_experts": 5, "num_experts_per_tok": 2}
QWEN3_MOE = LLAMA | {"num_experts": 5, "num_experts_per_tok": 2, "moe_intermediate_size": 12}
DEEPSEEK_V3 = {name: value for name, value in LLAMA.items() if name != "head_dim"} | {
    "num_hidden_layers": 3,
    "num_key_value_heads": 4,
    "first_k_dense_replace": 1,
    "moe_intermediate_size": 12,
    "n_routed_experts": 12,
    "n_group": 3,
    "topk_group": 2,
    "num_experts_per_tok": 3,
    "n_shared_experts": 2,
    "kv_lora_rank": 6,
    "q_lora_rank": 10,
    "qk_rope_head_dim": 4,
    "qk_nope_head_dim": 6,
    "v_head_dim": 6,
}
BITNET = LLAMA | {"hidden_size": 32}  # heads times head_dim
GPT2 = SPECIAL | {"n_embd": 24, "n_layer": 2, "n_head": 3, "vocab_size": 37, "n_positions": 20}
GEMMA3 = LLAMA | {"num_hidden_layers": 3, "sliding_window_pattern": 3, "sliding_window": 5}
BERT = {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 40,
    "vocab_size": 37,
    "max_position_embeddings": 20,
}
MODERNBERT = SPECIAL | BERT | {"num_hidden_layers": 4, "local_attention": 8, "cls_token_id": 1, "sep_token_id": 2}
T5 = {
    "d_model": 24,
    "d_kv": 6,
    "d_ff": 40,
    "num_layers": 2,
    "num_decoder_layers": 3,
    "num_heads": 3,
    "vocab_size": 37,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 12,
    "decoder_start_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 0,
}
MAMBA = SPECIAL | {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "vocab_size": 37,
    "state_size": 5,
    "time_step_rank": 3,
}
MAMBA2 = SPECIAL | {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "vocab_size": 37,
    "state_size": 5,
    "num_heads": 6,
    "head_dim": 8,
    "n_groups": 2,
    "chunk_size": 4,
}
ZAMBA2 = SPECIAL | {
    "hidden_size": 24,
    "num_hidden_layers": 6,
    "layers_block_type": ["mamba", "hybrid", "mamba", "hybrid", "hybrid", "mamba"],
    "num_mem_blocks": 2,
    "vocab_size": 37,
    "mamba_d_state": 5,
    "mamba_ngroups": 2,
    "n_mamba_heads": 6,
    "chunk_size": 4,
    "num_attention_heads": 4,
    "intermediate_size": 40,
    "adapter_rank": 3,
    "use_shared_attention_adapter": True,
    "use_mem_rope": True,
    "max_position_embeddings": 20,
}
FALCON_H1 = SPECIAL | {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "vocab_size": 37,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 40,
    "max_position_embeddings": 20,
    "mamba_d_ssm": 40,
    "mamba_n_heads": 4,
    "mamba_n_groups": 2,
    "mamba_d_state": 5,
    "mamba_chunk_size": 4,
    "embedding_multiplier": 1.4,
    "lm_head_multiplier": 0.7,
    "attention_in_multiplier": 0.9,
    "key_multiplier": 0.6,
    "attention_out_multiplier": 1.3,
    "ssm_in_multiplier": 1.1,
    "ssm_multipliers": [0.5, 0.75, 1.25, 1.5, 0.9],
    "ssm_out_multiplier": 0.85,
    "mlp_multipliers": [0.8, 1.2],
}


def builder(model, config, defaults, noise=0.2):
    """`build(**changes)`: every weight random, biases and norms too, so that none can be forgotten; float64."""

    def build(**changes):
        torch.manual_seed(0)
        built = model(config(**defaults | changes))
        with torch.no_grad():
            for parameter in built.parameters():
                parameter.add_(torch.randn_like(parameter) * noise)
        return built.double().eval()

    return build


class LLaDA(torch.nn.Module):
    """Llama's layers under LLaDA's names, called with a mask that hides nothing."""

    NAMES = (
        ("model.embed_tokens", "model.transformer.wte"),
        ("model.norm", "model.transformer.ln_f"),
        ("lm_head", "model.transformer.ff_out"),
        ("model.layers", "model.transformer.blocks"),
        ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ff_norm"),
        ("self_attn.o_proj", "attn_out"),
        ("self_attn.", ""),
        ("mlp.gate_proj", "ff_proj"),
        ("mlp.up_proj", "up_proj"),
        ("mlp.down_proj", "ff_out"),
    )

    def __init__(self, llama):
        super().__init__()
        self.llama, config = llama, llama.config
        self.config = SimpleNamespace(
            model_type="llada",
            vocab_size=config.vocab_size,
            embedding_size=config.vocab_size,
            d_model=config.hidden_size,
            n_layers=config.num_hidden_layers,
            n_heads=config.num_attention_heads,
            n_kv_heads=config.num_key_value_heads,
            mlp_hidden_size=config.intermediate_size,
            max_sequence_length=config.max_position_embeddings,
            rms_norm_eps=config.rms_norm_eps,
            rope_theta=config.rope_parameters["rope_theta"],
            block_type="llama",
            activation_type="silu",
            layer_norm_type="rms",
            include_bias=False,
            include_qkv_bias=False,
            weight_tying=False,
            alibi=False,
        )

    def state_dict(self):
        weights = {}
        for name, weight in self.llama.state_dict().items():
            for theirs, ours in self.NAMES:
                name = name.replace(theirs, ours)
            weights[name] = weight
        return weights

    def forward(self, ids):
        nothing = torch.zeros(1, 1, ids.shape[1], ids.shape[1], dtype=self.llama.dtype)
        return self.llama(ids, attention_mask=nothing)


@pytest.fixture(scope="session")
def tiny():
    llama = builder(transformers.LlamaForCausalLM, transformers.LlamaConfig, LLAMA)
    return SimpleNamespace(
        gpt2=builder(transformers.GPT2LMHeadModel, transformers.GPT2Config, GPT2),
        llama=llama,
        llada=lambda **changes: LLaDA(llama(**{"head_dim": None} | changes)),
        mistral=builder(transformers.MistralForCausalLM, transformers.MistralConfig, LLAMA),
        mixtral=builder(transformers.MixtralForCausalLM, transformers.MixtralConfig, MIXTRAL),
        deepseek_v3=builder(transformers.DeepseekV3ForCausalLM, transformers.DeepseekV3Config, DEEPSEEK_V3),
        bitnet=builder(transformers.BitNetForCausalLM, transformers.BitNetConfig, BITNET),
        qwen3=builder(transformers.Qwen3ForCausalLM, transformers.Qwen3Config, LLAMA),
        qwen3_moe=builder(transformers.Qwen3MoeForCausalLM, transformers.Qwen3MoeConfig, QWEN3_MOE),
        gemma3=builder(transformers.Gemma3ForCausalLM, transformers.Gemma3TextConfig, GEMMA3),
        mamba=builder(transformers.MambaForCausalLM, transformers.MambaConfig, MAMBA),
        falcon_mamba=builder(transformers.FalconMambaForCausalLM, transformers.FalconMambaConfig, MAMBA),
        mamba2=builder(transformers.Mamba2ForCausalLM, transformers.Mamba2Config, MAMBA2),
        zamba2=builder(transformers.Zamba2ForCausalLM, transformers.Zamba2Config, ZAMBA2),
        falcon_h1=builder(transformers.FalconH1ForCausalLM, transformers.FalconH1Config, FALCON_H1),
        bert=builder(transformers.BertForMaskedLM, transformers.BertConfig, BERT),
        modernbert=builder(transformers.ModernBertForMaskedLM, transformers.ModernBertConfig, MODERNBERT),
        # scores without a scale and logits of the order of 10: with larger weights the softmax is a maximum
        t5=builder(transformers.T5ForConditionalGeneration, transformers.T5Config, T5, noise=0.1),
    )


IDS = torch.randint(31, (2, 17), generator=torch.Generator().manual_seed(1))


def read_in_pieces(decoder, pieces):
    """Logits of ours for IDS, so many tokens at a time, with its cache."""
    cache = decoder.new_cache(2)
    return torch.cat([decoder(piece, cache) for piece in IDS.split(pieces, dim=1)], dim=1)


def assert_logits_equal_with_and_without_a_cache(model, cache_name, atol):
    """Ours and those of transformers, which calls its cache `cache_name`; returns ours, the decoder."""
    decoder, pieces = from_transformers(model), [5] + [1] * 12
    with torch.no_grad():
        expected, logits = model(IDS).logits.double(), decoder(IDS)
        assert expected.abs().max() > 1
        torch.testing.assert_close(logits, expected, rtol=0, atol=atol)
        steps = read_in_pieces(decoder, pieces)
        torch.testing.assert_close(steps, logits, rtol=0, atol=1e-10)
        cache, theirs = None, []
        for piece in IDS.split(pieces, dim=1):
            output = model(piece, **{cache_name: cache}, use_cache=True)
            cache = output[cache_name]
            theirs.append(output.logits)
        torch.testing.assert_close(steps, torch.cat(theirs, dim=1).double(), rtol=0, atol=atol)
    return decoder


def assert_limits_of_the_steps_hold(model, without, atol):
    """transformers forgets them when it decodes token by token; ours does not. `without` is the model without them."""
    decoder = from_transformers(model)
    with torch.no_grad():
        expected = model(IDS).logits.double()
        torch.testing.assert_close(decoder(IDS), expected, rtol=0, atol=atol)
        assert (from_transformers(without)(IDS) - expected).abs().max() > 0.1
        torch.testing.assert_close(read_in_pieces(decoder, [1] * 17), expected, rtol=0, atol=atol)


def assert_same_logits(model):
    """Ours and those of transformers, all tokens at once, and ours again token by token; returns ours, the decoder."""
    decoder = from_transformers(model)
    with torch.no_grad():
        expected, logits = model(IDS).logits, decoder(IDS)
        assert expected.abs().max() > 1
        torch.testing.assert_close(logits, expected.double(), rtol=0, atol=1e-5)
        torch.testing.assert_close(read_in_pieces(decoder, [3] + [1] * 14), logits, rtol=0, atol=1e-10)
    return decoder


@pytest.fixture(scope="session")
def same_logits():
    return assert_same_logits


@pytest.fixture(scope="session")
def recurrent():
    return SimpleNamespace(
        assert_logits_equal_with_and_without_a_cache=assert_logits_equal_with_and_without_a_cache,
        assert_limits_of_the_steps_hold=assert_limits_of_the_steps_hold,
    )
