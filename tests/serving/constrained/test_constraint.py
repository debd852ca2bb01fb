"""Constrained decoding: every drawn text fits the pattern, whatever the model would have liked to say."""

import json
from math import inf

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving import NgramLookup, Sampling, generate, speculative_generate
from coursekit.serving.constrained import Automaton, Constraint, TokenTrie, schema_pattern

TOKENS = [
    *(bytes([i]) for i in range(256)),
    b"true",
    b'": ',
    b'{"',
    b"12",
    "ñ".encode(),
    b"\xf0\x9f",
    b"",
    b"ab",
    b"abc",
]
END = 262
V = len(TOKENS)


class Joined:
    vocab_size, special = V, {"<end>": END}

    def decode_bytes(self, ids):
        return b"".join(TOKENS[i] for i in ids)


TRIE = TokenTrie.of(Joined())


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=V, width=16, layers=1, heads=2, context=200)).double().eval()
    model.head.weight.data *= 30
    return model


def _kept(pattern, written=b""):
    constraint = Constraint(Automaton(pattern), TRIE, END, start=1)
    ids = torch.tensor([[7, *written]])
    scores = constraint(torch.zeros(1, V), ids)[0]
    return [i for i, score in enumerate(scores.tolist()) if score > -inf]


def test_the_allowed_tokens_by_hand():
    a, b, c = b"abc"
    ab, abc = 263, 264
    assert _kept("abcd|ax") == [a, ab, abc]
    assert _kept("abcd|ax", b"a") == [b, ord("x")]
    assert _kept("abcd|ax", b"ab") == [c]
    assert _kept("a*", b"a") == [a, END]  # it may end here
    assert _kept("ab", b"ab") == [END]  # it must
    assert _kept("true|trap") == [ord("t"), 256]
    assert _kept("ab", b"x") == [END]  # what has left the pattern only ends
    assert _kept("🤖", b"\xf0") == [0x9F]
    assert _kept("🤖") == [0xF0, 261]
    assert not TRIE.root[0].get(None)


@pytest.mark.parametrize(
    ("pattern", "check"),
    [
        (r"(true|ab){3}", lambda text: len(text) >= 6),
        (r"[ñ🤖]{4}", lambda text: set(text) <= set("ñ🤖") and len(text) == 4),
        (r"\d{2}-\d{2}", lambda text: text[2] == "-" and text.replace("-", "").isdecimal()),
    ],
)
def test_what_is_drawn_fits(model, pattern, check):
    prompt = torch.full((20, 1), 7)
    sampling = Sampling(temperature=1.5, steps=(Constraint(Automaton(pattern), TRIE, END, start=1),))
    rows = generate(model, prompt, 60, stop=END, sampling=sampling)[:, 1:].tolist()
    texts = [Joined().decode_bytes([i for i in row if i != END]).decode() for row in rows]
    assert all(Automaton(pattern).matches(text) and check(text) for text in texts)
    assert len(set(texts)) > 1
    free = generate(model, prompt, 60, stop=END, temperature=1.5)[:, 1:].tolist()
    wild = [Joined().decode_bytes([i for i in row if i != END]).decode(errors="replace") for row in free]
    assert not any(Automaton(pattern).matches(text) for text in wild)  # the model alone never does


def test_json_comes_out_as_its_schema_wants(model):
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}, "n": {"type": "integer"}, "s": {"type": "string", "maxLength": 4}},
        "required": ["ok", "s"],
    }
    steps = (Constraint(Automaton(schema_pattern(schema)), TRIE, END, start=1),)
    rows = generate(model, torch.full((10, 1), 7), 120, stop=END, sampling=Sampling(steps=steps))[:, 1:].tolist()
    for row in rows:
        assert END in row
        value = json.loads(Joined().decode_bytes([i for i in row if i != END]))
        assert isinstance(value["ok"], bool)
        assert len(value["s"]) <= 4
        assert set(value) <= {"ok", "n", "s"}


def test_proposals_are_held_to_the_pattern_too(model):
    sampling = Sampling(temperature=0, steps=(Constraint(Automaton("(ab|true)*true"), TRIE, END, start=3),))
    prompt = torch.tensor([[*b"aba"]])
    tokens, _ = speculative_generate(model, NgramLookup(V), prompt, 30, sampling, stop=END)
    alone = generate(model, prompt, 30, stop=END, sampling=sampling)
    assert tokens.equal(alone)


def test_after_another_prompt_what_is_known_is_shared():
    first = Constraint(Automaton("abc"), TRIE, END, start=1)
    second = first.after(3)
    scores = torch.zeros(1, V)
    assert second(scores, torch.tensor([[*b"xxx", *b"a"]])).equal(first(scores, torch.tensor([[*b"x", *b"a"]])))
    assert second._masks is first._masks
    assert (first.start, second.start) == (1, 3)


def test_a_tokenizer_that_cannot_write_the_pattern_is_told():
    constraint = Constraint(Automaton("ab"), TokenTrie([b"a", b"c", b""]), 2, start=0)
    with pytest.raises(ValueError, match="constraint: expected a token that goes on with the pattern, the tokenizer"):
        constraint(torch.zeros(1, 3), torch.tensor([[0]]))
