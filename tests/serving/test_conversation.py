"""A conversation: piece by piece, in whole characters, within the context; what was read is not read again."""

import pytest
import torch

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving.conversation import Conversation
from coursekit.serving.terminal import talk
from coursekit.tokenizers.alphabet import ORDER, PRINTABLE
from coursekit.tokenizers.published import PublishedBPE

END, TURN = 256, 257
TEMPLATE = (
    "{% for m in messages %}{{ '<|turn|>' + m['role'][0] + ':' + m['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>a:{% endif %}"
)
TOKENIZER = PublishedBPE(
    [*(PRINTABLE[byte] for byte in ORDER), "<|end|>", "<|turn|>"],
    [],
    special=[END, TURN],
    end=END,
    chat_template=TEMPLATE,
)


def _ids(answer):
    return [ORDER.index(byte) for byte in (answer if isinstance(answer, bytes) else answer.encode())]


class Parrot(torch.nn.Module):
    """Says what it is told to say, token by token, then ends; counts what it reads."""

    def __init__(self, *answers, context=200):
        super().__init__()
        self.config = DecoderConfig(vocab_size=258, width=8, layers=1, heads=1, context=context)
        self.left = [[*_ids(answer), END] for answer in answers]
        self.reads, self.caches = [], 0

    def new_cache(self, batch):
        self.caches += 1
        return []

    def forward(self, ids, cache):
        cache.append(ids.shape[1])
        self.reads.append(ids.shape[1])
        queue = self.left[0]
        token = queue.pop(0)
        if not queue:
            self.left.pop(0)
        return torch.nn.functional.one_hot(torch.tensor([[token]]), 258).float()


def _conversation(model, **options):
    return Conversation(model, TOKENIZER, **({"temperature": 0, "max_tokens": 40} | options))


def test_an_answer_comes_in_whole_characters_and_is_remembered():
    conversation = _conversation(Parrot("sí, 🤖"))
    pieces = list(conversation.say("¿vienes?"))
    assert pieces == ["s", "í", ",", " ", "🤖"]
    assert conversation.messages == [
        {"role": "user", "content": "¿vienes?"},
        {"role": "assistant", "content": "sí, 🤖"},
    ]


def test_bytes_that_are_no_character_show_as_one_that_stands_for_it():
    assert "".join(_conversation(Parrot(b"a\xf0\x9f")).say("x")) == "a\ufffd"
    assert "".join(_conversation(Parrot(b"a\xc3b")).say("x")) == "a\ufffdb"


def test_an_answer_ends_with_its_token_or_with_the_budget():
    assert "".join(_conversation(Parrot("0123456789"), max_tokens=4).say("x")) == "0123"
    assert "".join(_conversation(Parrot("01")).say("x")) == "01"
    assert "".join(_conversation(Parrot("")).say("x")) == ""


def test_what_was_read_is_not_read_again():
    model = Parrot("uno", "dos")
    conversation = _conversation(model)
    list(conversation.say("hola"))
    first = TOKENIZER.chat([{"role": "user", "content": "hola"}])
    assert model.reads == [len(first), 1, 1, 1]
    model.reads.clear()
    list(conversation.say("¿y?"))
    both = TOKENIZER.chat(conversation.messages[:-1])
    assert model.reads[0] == len(both) - len(first) - len("uno")
    assert model.caches == 1


def test_a_real_decoder_answers_alike_with_and_without_its_cache():
    torch.manual_seed(0)
    model = Decoder(DecoderConfig(vocab_size=258, width=32, layers=2, heads=2, context=200)).eval()
    conversation = _conversation(model, max_tokens=6)
    for text in ("hola", "¿qué?", "adiós"):
        list(conversation.say(text))
        said = conversation.messages[:-1]
        fresh = _conversation(model, max_tokens=6)
        fresh.messages = said[:-1]
        list(fresh.say(said[-1]["content"]))
        assert fresh.messages == conversation.messages


def test_the_oldest_turns_are_forgotten_and_the_system_s_message_never_is():
    model = Parrot("a" * 10, "b" * 10, "c" * 10, context=150)
    conversation = _conversation(model, system="S" * 10, max_tokens=60)
    list(conversation.say("u" * 10))
    list(conversation.say("v" * 10))
    assert conversation.forgotten == 0
    list(conversation.say("w" * 30))
    assert conversation.forgotten == 2
    assert [message["content"][0] for message in conversation.messages] == ["S", "v", "b", "w", "c"]
    assert model.caches == 2  # what is left is read anew


def test_a_text_that_leaves_no_room_is_refused_and_not_remembered():
    conversation = _conversation(Parrot("a"), max_tokens=60)
    list(conversation.say("x"))
    before = list(conversation.messages)
    with pytest.raises(ValueError, match="text: expected at most 140 tokens with what stands around it, got"):
        list(conversation.say("y" * 400))
    assert conversation.messages == before


def test_an_answer_that_is_broken_off_is_remembered_as_far_as_it_came():
    conversation = _conversation(Parrot("0123456789", "b"))
    answer = conversation.say("x")
    assert next(answer) + next(answer) == "01"
    answer.close()
    assert conversation.messages[-1] == {"role": "assistant", "content": "01"}
    conversation.model.left = [[END]]
    assert list(conversation.say("y")) == []


@pytest.mark.parametrize("max_tokens", [0, -1, 200, 10**6])
def test_a_budget_that_leaves_no_room_is_refused(max_tokens):
    with pytest.raises(ValueError, match="max_tokens: expected 1 .. 199"):
        _conversation(Parrot(), max_tokens=max_tokens)


def test_a_model_that_is_no_assistant_is_refused():
    tokenizer = PublishedBPE([PRINTABLE[byte] for byte in ORDER], [])
    with pytest.raises(ValueError, match="expected one with a chat template"):
        Conversation(Parrot(), tokenizer)


def _talked(model, lines, **options):
    written = []
    lines = iter(lines)

    def read(prompt):
        line = next(lines, EOFError())
        if isinstance(line, BaseException):
            raise line
        return line

    talk(_conversation(model, **options), "Loro", read=read, write=written.append, flush=lambda: None)
    return "".join(written)


def test_the_terminal_greets_answers_and_says_goodbye():
    assert _talked(Parrot("uno", "dos"), ["hola", "", "  ", "¿y?"]) == (
        "Loro. Write a line; Ctrl-C breaks an answer off, Ctrl-D ends.\nuno\ndos\n\nbye\n"
    )


def test_the_terminal_says_what_was_too_long_and_what_was_forgotten():
    said = _talked(Parrot("a", "b", context=100), ["x" * 300, "x" * 30, "y" * 30], max_tokens=50)
    assert "text: expected at most 50 tokens" in said
    assert "(the oldest turns no longer fit into the context, and are forgotten)" in said


def test_ctrl_c_breaks_an_answer_off_and_ends_at_the_prompt():
    class Impatient(Parrot):
        def forward(self, ids, cache):
            if len(self.reads) == 2:
                self.reads.append(0)
                raise KeyboardInterrupt
            return super().forward(ids, cache)

    model = Impatient("0123", "fin")
    said = _talked(model, ["x", KeyboardInterrupt()])
    assert "\n01 (broken off)\n\nbye\n" in said
