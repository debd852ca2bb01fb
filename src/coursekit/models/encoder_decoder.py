"""The skeleton as an encoder, called with a padding mask, and an encoder and a decoder together."""

import torch
from torch import nn

from coursekit.attention.cross import read_source
from coursekit.decoder import Decoder
from coursekit.layers.padding import real_tokens


class Encoder(Decoder):
    """A `Decoder` whose layers see the whole sequence; its call takes the mask of padding that tokenizers write.

    Args: as in `Decoder`; the mixers see in both directions, as `partial(Attention, is_causal=False)` does.

    Source: Devlin et al. 2018 (BERT), section 3.
    Taught in: 02-transformer
    """

    def forward(self, input_ids, attention_mask=None, positions=None):
        """Scores of every place, from all real tokens.

        Args:
            input_ids: (B, T), integer.
            attention_mask: (B, T), 1 or True = a real token, 0 or False = padding, on either side; None = all real.
            positions: (T,) or (B, T), integer; None = 0 .. T - 1, counted from the padding where it is on the left.

        Returns: (B, T, V); what stands at padded places means nothing.
        Raises: ValueError when the mask has another shape or other values, or the sequence exceeds config.context.
        """
        mask = None if attention_mask is None else real_tokens(attention_mask, input_ids)[:, None, None]  # (B, 1, 1, T)
        if positions is None:
            positions = torch.arange(input_ids.shape[1], device=input_ids.device)  # BERT counts padding, too
        return super().forward(input_ids, positions=positions, mask=mask)


class EncoderDecoder(nn.Module):
    """One skeleton reads the source, another writes the target and looks back at it.

        logits = model(input_ids, decoder_input_ids, attention_mask)
        cache = model.read_source(input_ids, attention_mask);  logits = model.decoder(token, cache)      token by token

    Args:
        encoder: an `Encoder` with `nn.Identity` in place of its head: (B, S) -> (B, S, C).
        decoder: a `Decoder` with `CrossAttention` among its mixers.

    Source: Vaswani et al. 2017, section 3.1.
    Taught in: 02-transformer
    """

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, input_ids, decoder_input_ids, attention_mask=None):
        """(B, S) and (B, T) integer, mask (B, S) or None -> logits (B, T, V)."""
        return self.decoder(decoder_input_ids, self.read_source(input_ids, attention_mask))

    def read_source(self, input_ids, attention_mask=None):
        """Read the source once.

        Args: as in `Encoder.forward`.

        Returns: a cache of the decoder, in which nothing is written yet.
        """
        cache, mask = self.decoder.new_cache(input_ids.shape[0]), None
        if attention_mask is not None:
            mask = real_tokens(attention_mask, input_ids)
        read_source(self.decoder, cache, self.encoder(input_ids, attention_mask), mask=mask)
        return cache
