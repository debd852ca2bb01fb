"""Recurrent layers as mixers of the decoder, where attention stands in a transformer.

    Decoder(config, mixer=RecurrentMixer)                              an LSTM
    Decoder(config, mixer=partial(RecurrentMixer, layer=GRU))

Dimensions: B batch, T tokens, C width, H units.
"""

from dataclasses import dataclass

import torch
from torch import nn

from coursekit.layers.full_precision import at_least_float32, outside_autocast
from coursekit.layers.initialise import initialise
from coursekit.layers.padding import padded_places
from coursekit.recurrent.layers import LSTM
from coursekit.recurrent.unroll import unroll


@dataclass
class RecurrentCache:
    """The state of a recurrent layer: all that it remembers of a text of any length.

        bytes = parts * B * H * bytes per number, at least 4

    Args:
        state: tuple of (B, H): h, or h and c for LSTMs.

    Taught in: 01-historia
    """

    state: tuple

    def tensors(self):
        """All that it keeps: the state."""
        return self.state


class RecurrentMixer(nn.Module):
    """One recurrent layer, and a projection back into the residual stream.

        h_1 .. h_T = layer(x_1 .. x_T),    y_t = W_o h_t

    Args:
        config: a `DecoderConfig`; H = heads * head_size units.
        linear: class of W_o; the weights of the recurrence are the layer's own.
        layer: one of `coursekit.recurrent.layers`, called with I and H.
        unroll: the loop over time; the fastest, or a rung of it.

    Source: the layer's.
    Taught in: 01-historia
    """

    def __init__(self, config, linear=nn.Linear, layer=LSTM, unroll=unroll):
        super().__init__()
        self.unroll = unroll
        inner = config.heads * config.head_size
        self.layer = layer(config.width, inner, batch_first=True)
        self.output = initialise(linear(inner, config.width, bias=False), config, residual=True)

    def forward(self, x, cache=None, positions=None, mask=None):
        """Mix the tokens of each sequence; their order is all that counts, not `positions`.

        Args:
            x: (B, T, C).
            cache: from `new_cache`, changed in place by these T tokens; or None.
            mask: of padding on the left, (B, 1, 1, S), bool; the state skips it. None = all are real tokens.

        Returns: (B, T, C).
        Raises: ValueError when the batch differs from the cache's, or for another mask.
        """
        padded = padded_places(self, mask, x, cache)  # (B, T, 1)
        if cache is not None and len(cache.state[0]) != len(x):
            raise ValueError(f"cache: expected a batch of {len(cache.state[0])}, got {len(x)}")
        memory = self.new_cache(len(x)) if cache is None else cache
        with outside_autocast(x.device):
            inputs, *weights = at_least_float32(x, *self.layer.parameters())
            skip = None if padded is None else padded[..., 0]
            h, memory.state = self.unroll(self.layer.cell, inputs, memory.state, *weights, skip)  # (B, T, H)
        return self.output(h.to(x.dtype))

    def new_cache(self, batch):
        """A state of zeros for `batch` sequences."""
        weight = self.layer.weight_hh_l0
        dtype = torch.promote_types(weight.dtype, torch.float32)
        return RecurrentCache((weight.new_zeros(batch, self.layer.hidden_size, dtype=dtype),) * self.layer.cell.parts)
