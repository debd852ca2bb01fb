"""all-MiniLM-L6-v2: the vectors that transformers and mean pooling give, and what breaks them."""

import copy
import hashlib
import random
from functools import cache

import pytest
import torch
from torch import nn

from coursekit.layers.blocks import PreNorm
from coursekit.pretrained import minilm
from coursekit.pretrained.from_pypi import minilm_path
from coursekit.serving import sentence_embeddings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(minilm_path() is None, reason="all-MiniLM-L6-v2 is not installed: MINILM=0 left it out"),
]
# of the file that sentence-transformers/all-MiniLM-L6-v2 publishes on Hugging Face
PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TEXTS = [
    "A cat sleeps on the sofa.",
    "On the couch, a kitten is taking a nap.",
    "The central bank raised interest rates by a quarter of a point, and the markets fell.",
    "Un gato duerme en el sofá.",
    "¿Cuántos kilómetros hay de Madrid a Barcelona? 621, más o menos; en tren, dos horas y media.",
    "El año pasado, la niña aprendió a leer con los cuentos de su abuela.",
    "Yes.",
    "",
    "def add(a, b): return a + b  # 你好, 🤖",
    "keys " * 300,
]


@cache
def _model():
    return minilm()


@cache
def _theirs():
    """transformers' model and HF's tokenizer, from the files of the package."""
    tokenizers, transformers = pytest.importorskip("tokenizers"), pytest.importorskip("transformers")
    tokenizer = tokenizers.Tokenizer.from_file(str(minilm_path() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    return transformers.BertModel.from_pretrained(minilm_path(), add_pooling_layer=False).eval(), tokenizer


@torch.no_grad()
def published(texts):
    """The vectors as the model's card computes them, a text at a time."""
    model, tokenizer = _theirs()
    vectors = []
    for text in texts:
        hidden = model(torch.tensor([tokenizer.encode(text).ids])).last_hidden_state  # (1, T, C)
        vectors.append(nn.functional.normalize(hidden.mean(1), dim=-1))
    return torch.cat(vectors)


def distance(encoder):
    """Smallest cosine between our vectors, made in batches, and theirs; and the largest difference of a number."""
    ours, theirs = sentence_embeddings(encoder, _model()[1], TEXTS), published(TEXTS)
    return (ours * theirs).sum(1).min().item(), (ours - theirs).abs().max().item()


def test_the_weights_are_those_that_were_published():
    assert hashlib.sha256((minilm_path() / "model.safetensors").read_bytes()).hexdigest() == PUBLISHED
    encoder, tokenizer = _model()
    # the table of tokens, positions, and a norm; 6 layers of 4 (C, C), 2 (C, 4 C), their biases and 2 norms
    C = 384
    layer = 4 * (C * C + C) + 2 * 4 * C * C + 4 * C + C + 2 * 2 * C
    assert encoder.parameter_count() == (30522 + 512 + 2) * C + 6 * layer == 22_564_608
    assert (tokenizer.begin, tokenizer.end, tokenizer.padding, tokenizer.vocab_size) == (101, 102, 0, 30522)
    assert not encoder.training


def test_vectors_are_those_of_transformers_in_batches_and_alone():
    encoder, tokenizer = _model()
    cosine, difference = distance(encoder)
    assert cosine >= 0.9999
    # numbers of order 0.05 after 6 layers in float32: some hundred roundings of 1e-7 of them
    assert difference <= 1e-6
    together, alone = (sentence_embeddings(encoder, tokenizer, TEXTS, batch=size) for size in (32, 1))
    assert (together - alone).abs().max() <= 1e-6


class Faulty(nn.Module):
    """The encoder, of whose output something is changed: change(hidden, real) -> hidden."""

    def __init__(self, encoder, change):
        super().__init__()
        self.encoder, self.change, self.config = encoder, change, encoder.config

    def forward(self, ids, real):
        return self.change(self.encoder(ids, real), real)


def _mean_with_padding(hidden, real):
    return hidden.mean(1, keepdim=True).expand_as(hidden)


def _first_token(hidden, real):
    return hidden[:, :1].expand_as(hidden)


def _blind_to_padding(encoder):
    encoder.forward = lambda ids, real, forward=encoder.forward: forward(ids)
    return encoder


def _without_segments(encoder):
    from safetensors.torch import load_file

    weights = load_file(minilm_path() / "model.safetensors")
    encoder.embedding.positions.weight.data -= weights["embeddings.token_type_embeddings.weight"][0]
    return encoder


def _norms_first(encoder):
    for block in encoder.blocks:
        block.__class__ = PreNorm
    return encoder


FAULTS = {
    "padding counts in the mean": lambda encoder: Faulty(encoder, _mean_with_padding),
    "the first token alone": lambda encoder: Faulty(encoder, _first_token),
    "tokens look at padding": _blind_to_padding,
    "no vector of the segment": _without_segments,
    "norms before the parts": _norms_first,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_comparison_sees_what_is_wrong(fault):
    cosine, difference = distance(fault(copy.deepcopy(_model()[0])))
    assert cosine < 0.9999
    assert difference > 1e-3


ODD = [
    *TEXTS,
    "Don't stop: it's 3,14 € (or $4.20)…",
    "  two  spaces,\ttab\r\n\n\x0bline  ",
    "AÑO pingüino ÉCOLE naïve Ångström ﬁn İstanbul ΣΊΣΥΦΟΣ ẞ",
    "e\u0301 and é, n\u0303 and ñ",
    "zero\u200bwidth, soft\u00adhyphen, \x00null, \ufffdreplaced, \ue000private, no\u00a0break",
    "你好世界 こんにちは 안녕하세요 मानक हिन्दी ไทย עברית العربية",
    "豈 \U00020000 \U0002b820 \U0002b921 \U0002f800",
    "[CLS] is text here, [MASK] and [SEP], too; ##ing",
    "🤖👩\u200d💻🇪🇸 ½ ² ™ № ℃",
    "a" * 99 + " " + "a" * 100 + " " + "a" * 101,
    "x^2 + y_1 = `code` | ~tilde~ <tag>",
]


def test_ids_are_those_of_the_published_tokenizer():
    tokenizers = pytest.importorskip("tokenizers")
    theirs = tokenizers.Tokenizer.from_file(str(minilm_path() / "tokenizer.json"))
    theirs.no_padding()
    theirs.no_truncation()
    theirs.encode_special_tokens = True  # what a text says stays text
    ours = _model()[1]
    generator = random.Random(0)
    letters = [c for text in ODD for c in text]
    texts = ODD + ["".join(generator.choices(letters, k=generator.randint(1, 40))) for _ in range(2000)]
    assert [text for text in texts if ours.sentence(text) != theirs.encode(text).ids] == []


def test_long_texts_are_cut_where_the_published_model_cuts_them():
    long = TEXTS[-1]
    ours = _model()[1].sentence(long, 256)
    assert len(_model()[1].sentence(long)) == 302
    assert ours == _theirs()[1].encode(long).ids
    assert len(ours) == 256


def test_what_means_the_same_is_closer():
    encoder, tokenizer = _model()
    cat, kitten, bank = sentence_embeddings(encoder, tokenizer, TEXTS[:3])
    assert cat @ kitten > 0.5 > 0.2 > cat @ bank
