"""Recurrent networks: a state that is carried from word to word.

The kernel, a room with its ladder of equal functions and its legend of dimensions:

    unroll/                a cell along a text: Elman's, the LSTM of 1997 and of 2000, the GRU in two forms

Made of it:

    layers.py              Elman, LSTM1997, LSTM, GRU, GRUResetFirst: stacks as torch's, with its state dicts
    mixer.py               any of them as a mixer of the decoder: `RecurrentMixer`
    truncated.py           backpropagation through time, cut after a piece of text
    gradient_probe.py      how much of an error reaches the state k words before
    additive_attention.py  Bahdanau's attention
    seq2seq.py             encoder and decoder, with it or with one fixed vector
"""

from coursekit.recurrent.layers import GRU, LSTM, LSTM1997, Elman, GRUResetFirst
from coursekit.recurrent.mixer import RecurrentMixer
from coursekit.recurrent.seq2seq import Seq2Seq

__all__ = ["GRU", "LSTM", "LSTM1997", "Elman", "GRUResetFirst", "RecurrentMixer", "Seq2Seq"]
