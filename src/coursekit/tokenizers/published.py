"""A published byte-level BPE: the merges of its file, and its own ids, special tokens and chat template."""

import re

from coursekit.tokenizers.alphabet import ORDER, PRINTABLE
from coursekit.tokenizers.bpe import BPE
from coursekit.tokenizers.chat_template import render
from coursekit.tokenizers.checks import brief, check_text, lookup
from coursekit.tokenizers.pretokenize import split_digits

_BYTES = {character: byte for byte, character in PRINTABLE.items()}
# pre-tokenization, by llama.cpp's name: what is cut before GPT-2's rule cuts the rest
SPLITS = {"gpt-2": lambda text: [text], "smollm": split_digits}


class PublishedBPE:
    """Byte-pair encoding as somebody published it. The work is `BPE`'s; here its ids become the file's.

    Where the file has no token for a byte (`without`), the byte is left out before the merges, as HF `tokenizers` does.

    Args:
        tokens: list of str by id, bytes spelled as GPT-2 spells them (a space is Ġ); special tokens as they are.
        merges: list of str, the two parts with a space between, in order of rank.
        split: what is cut before GPT-2's rule, by llama.cpp's name: "gpt-2" (nothing) or "smollm" (each digit alone).
        special: ids of special tokens, such as the end of the text: they come from no merge.
        begin, end: ids of the tokens that open and close a text; None = there is none.
        chat_template: Jinja, as the file has it; None = the model is no assistant.

    Attributes:
        special: {token: id}.
        without: the bytes that have no token.

    Raises: ValueError when tokens, merges and special tokens do not fit together.

    Source: Radford et al. 2019, section 2.2; each digit alone: the tokenizer published with SmolLM2
        (Ben Allal et al. 2025).
    Taught in: 02-transformer
    """

    def __init__(self, tokens, merges, split="gpt-2", special=(), begin=None, end=None, chat_template=None):
        if split not in SPLITS:
            raise ValueError(f"split: expected one of {', '.join(SPLITS)}, got {brief(split)}")
        ids = _ids(tokens)
        self.special = {tokens[_index("special", i, tokens)]: i for i in special}
        if "" in self.special:
            raise ValueError(f"special token {self.special['']}: expected a str that is not empty")
        self.begin, self.end = (None if i is None else _index("begin or end", i, tokens) for i in (begin, end))
        self.chat_template, self.vocab_size, self._split = chat_template, len(tokens), SPLITS[split]
        self.without = bytes(byte for byte in ORDER if PRINTABLE[byte] not in ids)
        self._bpe, self._to_file = _from_names(ids, merges, self.without)
        self._tokens = {i: _spelled(token) for i, token in enumerate(tokens)} | {
            i: token.encode() for token, i in self.special.items()
        }
        longest_first = sorted(self.special, key=len, reverse=True)
        self._specials = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")") if self.special else None

    def encode(self, text, special=False):
        """Text to ids.

        Args:
            text: as in `BPE.encode`.
            special: do the names of special tokens in the text become those tokens? Not in what a stranger typed.

        Returns: list of int.
        Raises: ValueError for what is not text.
        """
        if not special or self._specials is None:
            return self._plain(check_text(text))
        ids = []
        for i, piece in enumerate(self._specials.split(check_text(text))):
            ids += [self.special[piece]] if i % 2 else self._plain(piece)
        return ids

    def decode(self, ids, errors="replace"):
        """Ids to text; special tokens are spelled out.

        Args, Raises: as in `BPE.decode`.
        """
        return self.decode_bytes(ids).decode("utf-8", errors)

    def decode_bytes(self, ids):
        """Ids to bytes: what has come so far may end inside a character.

        Args, Raises: as in `BPE.decode`.
        """
        return b"".join(lookup(ids, self._tokens))

    def chat(self, messages, answer=True):
        """A conversation as the ids that the model was trained on.

        What a message says stays text, even where it spells a special token: nobody ends a turn from inside it.

        Args:
            messages: list of {"role": "system", "user" or "assistant", "content": str}.
            answer: end with the beginning of an answer?

        Returns: list of int.
        Raises: ValueError where there is no chat template, a message is none, or the template refuses it.
        """
        if self.chat_template is None:
            raise ValueError("chat: expected a model with a chat template, got one without")
        said = "".join(str(message.get("content")) for message in messages if isinstance(message, dict))
        mark = _mark(said + self.chat_template)
        text = render(
            self.chat_template,
            messages,
            answer,
            lambda content: self._specials.sub(lambda found: found[0][0] + mark + found[0][1:], content),
            {"bos_token": self._name(self.begin), "eos_token": self._name(self.end)},
        )
        ids = []
        for i, piece in enumerate(self._specials.split(text)):
            ids += [self.special[piece]] if i % 2 else self._plain(piece.replace(mark, ""))
        return ids

    def _plain(self, text):
        pieces = self._split(text)
        return [self._to_file[i] for piece in pieces for i in self._bpe.encode(piece)]

    def _name(self, i):
        return "" if i is None else self._tokens[i].decode()


class _WithoutBytes(BPE):
    """Merges over the bytes that have a token."""

    def __init__(self, merges, without):
        self._without = without
        super().__init__(merges)

    def _encode_word(self, word):
        kept = word.encode("utf-8", "surrogateescape").translate(None, self._without)
        return super()._encode_word(kept.decode("utf-8", "surrogateescape"))


def _ids(tokens):
    """{token: id}."""
    if not isinstance(tokens, list | tuple) or not all(isinstance(token, str) for token in tokens):
        raise ValueError("tokens: expected a list of str")
    ids = {}
    for i, token in enumerate(tokens):
        if ids.setdefault(token, i) != i:
            raise ValueError(f"token {i}: expected a new one, got {brief(token)} again")
    return ids


def _from_names(ids, merges, without):
    """The BPE of merges that are given by name, and {its id: the file's}."""
    if not isinstance(merges, list | tuple):
        raise ValueError("merges: expected a list of str")
    names = [PRINTABLE[byte] for byte in ORDER]  # by the BPE's id
    own = {name: i for i, name in enumerate(names)}
    pairs = []
    for rank, merge in enumerate(merges):
        left, _, right = merge.partition(" ") if isinstance(merge, str) else ("", "", "")
        if left not in own or right not in own:
            raise ValueError(f"merge {rank}: expected two tokens that exist by then, got {brief(merge)}")
        pairs.append((own[left], own[right]))
        if left + right not in own:
            own[left + right] = len(names)
            names.append(left + right)
    if missing := [name for name in names[len(ORDER) :] if name not in ids]:
        raise ValueError(f"tokens: expected {brief(missing[0])}, which merges make, and {len(missing) - 1} more")
    return _WithoutBytes(pairs, without), {i: ids[name] for i, name in enumerate(names) if name in ids}


def _spelled(token):
    """The bytes of a token; of one that is no spelling of bytes, those of its name."""
    if all(character in _BYTES for character in token):
        return bytes(_BYTES[character] for character in token)
    return token.encode("utf-8", "surrogatepass")


def _index(what, i, tokens):
    if type(i) is not int or not 0 <= i < len(tokens):
        raise ValueError(f"{what}: expected an id 0 .. {len(tokens) - 1}, got {brief(i)}")
    return i


def _mark(text):
    """A character of the private use area that a text does not have."""
    return next(mark for mark in map(chr, range(0xE000, 0xF900)) if mark not in text)
