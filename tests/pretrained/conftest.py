"""`tiny`: models of transformers of all families, tiny and with random weights."""

from types import SimpleNamespace

import pytest
import torch
import transformers

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


@pytest.fixture(scope="session")
def tiny():
    return SimpleNamespace(
        gpt2=builder(transformers.GPT2LMHeadModel, transformers.GPT2Config, GPT2),
        llama=builder(transformers.LlamaForCausalLM, transformers.LlamaConfig, LLAMA),
        mistral=builder(transformers.MistralForCausalLM, transformers.MistralConfig, LLAMA),
        qwen3=builder(transformers.Qwen3ForCausalLM, transformers.Qwen3Config, LLAMA),
        gemma3=builder(transformers.Gemma3ForCausalLM, transformers.Gemma3TextConfig, GEMMA3),
        bert=builder(transformers.BertForMaskedLM, transformers.BertConfig, BERT),
        modernbert=builder(transformers.ModernBertForMaskedLM, transformers.ModernBertConfig, MODERNBERT),
        # scores without a scale and logits of the order of 10: with larger weights the softmax is a maximum
        t5=builder(transformers.T5ForConditionalGeneration, transformers.T5Config, T5, noise=0.1),
    )
