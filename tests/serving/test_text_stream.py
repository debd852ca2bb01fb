"""Text while it comes: whole characters, and nothing of a stop string, wherever tokens are cut."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from coursekit.decoder import Decoder, DecoderConfig
from coursekit.serving.prefill import prefill
from coursekit.serving.sampling import Sampling
from coursekit.serving.stream_text import stream_text
from coursekit.serving.text_stream import TextStream


class Pieces:
    """A tokenizer whose token i is the i-th of some bytes."""

    def __init__(self, pieces):
        self.pieces = pieces

    def decode_bytes(self, ids):
        return b"".join(self.pieces[i] for i in ids)


def _read(pieces, stop=()):
    stream, shown = TextStream(Pieces(pieces), stop), []
    for token in range(len(pieces)):
        shown.append(stream.feed(token))
        if stream.stopped:
            break
    return [*shown, stream.end()], stream


def test_a_character_waits_for_its_last_byte():
    shown, _ = _read([b"s", b"\xc3", b"\xad", b"\xf0\x9f", b"\xa4\x96!"])
    assert shown == ["s", "", "í", "", "🤖!", ""]


def test_what_may_begin_a_stop_string_waits():
    shown, stream = _read([b"a", b"EN", b"D", b"b"], ["END"])
    assert shown == ["a", "", "", ""]
    assert (stream.stopped, stream.text) == (True, "a")
    shown, stream = _read([b"a", b"EN", b"E", b"N"], "END")
    assert shown == ["a", "", "EN", "", "EN"]
    assert (stream.stopped, stream.text) == (False, "aENEN")


def test_the_first_stop_string_ends_the_text():
    assert _read([b"uno dos tres"], ["tres", "dos"])[1].text == "uno "
    assert _read([b"aab"], ["ab"])[1].text == "a"


@given(
    text=st.text("abñ🤖", max_size=12),
    stop=st.lists(st.text("abñ🤖", min_size=1, max_size=3), max_size=3),
    cuts=st.lists(st.integers(0, 60), max_size=12),
)
def test_pieces_make_the_text_before_the_first_stop_string(text, stop, cuts):
    data = text.encode()
    borders = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    shown, stream = _read([data[a:b] for a, b in zip(borders, borders[1:])], stop)
    ends = [at + len(one) for one in stop if (at := text.find(one)) >= 0]
    end = min(ends, default=None)  # the one that is complete first; of those, the longest
    start = len(text) if end is None else end - max(len(one) for one in stop if text[:end].endswith(one))
    assert stream.stopped == (end is not None)
    assert "".join(shown) == stream.text == text[:start]


@pytest.mark.parametrize("stop", ["", [""], [3], ["a", None]])
def test_a_stop_string_that_is_none_is_refused(stop):
    if stop == "":
        assert TextStream(Pieces([]), stop=[]).stop == ()
        stop = [""]
    with pytest.raises(ValueError, match="stop: expected text that is not empty, got"):
        TextStream(Pieces([]), stop)


class Bytes:
    def encode(self, text):
        return list(text.encode())

    def decode_bytes(self, ids):
        return bytes(ids)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Decoder(DecoderConfig(vocab_size=256, width=16, layers=2, heads=2, context=64)).double().eval()


def test_streamed_text_is_what_generate_draws(model):
    from coursekit.serving import generate

    for sampling in (Sampling(temperature=0), Sampling(top_k=20)):
        pieces = list(stream_text(model, Bytes(), "hola", 20, sampling, seed=5, chunk=3))
        ids = generate(model, torch.tensor([list(b"hola")]), 20, sampling=sampling, seed=5)
        assert "".join(pieces) == bytes(ids[0, 4:].tolist()).decode(errors="replace")


def test_a_stop_string_and_the_end_token_end_it(model):
    whole = "".join(stream_text(model, Bytes(), "hola", 30, Sampling(top_k=40), seed=1))
    stop = whole[5:8]
    cut = "".join(stream_text(model, Bytes(), "hola", 30, Sampling(top_k=40), stop=[stop], seed=1))
    assert cut == whole[: whole.find(stop)]
    first = model(torch.tensor([list(b"hola")]))[0, -1].argmax().item()
    assert list(stream_text(model, Bytes(), "hola", 30, Sampling(temperature=0), end=first)) == []


@pytest.mark.parametrize("chunk", [None, 1, 3, 5, 50])
def test_a_prompt_in_chunks_gives_the_scores_of_the_whole(model, chunk):
    ids = torch.randint(256, (2, 13), generator=torch.Generator().manual_seed(2))
    cache = model.new_cache(2)
    torch.testing.assert_close(prefill(model, cache, ids, chunk), model(ids)[:, -1], rtol=0, atol=1e-10)
    assert cache.length == 13


@pytest.mark.parametrize(
    ("length", "chunk", "message"),
    [(0, None, "ids: expected shape"), (2, 0, "chunk: expected a whole number"), (2, 1.5, "chunk: expected")],
)
def test_prefill_refuses_nothing_and_chunks_of_nothing(model, length, chunk, message):
    with pytest.raises(ValueError, match=message):
        prefill(model, model.new_cache(1), torch.zeros(1, length, dtype=torch.long), chunk)
