"""Encoder and decoder, two recurrent networks, with Bahdanau's attention between them or one fixed vector.

    inputs    a b c . .  ; c b a         S = 5 places for the source, padded by `pad`; ; asks for the first target
    targets   - - - - -  c b a ;         - not asked; ; ends

One row holds source and target, so that `coursekit.train.train` and `coursekit.tasks.accuracy` take the model as they
take a decoder.

Dimensions, here and in Bahdanau et al. 2014: B batch, S places of the source (T_x), T tokens of the target (T_y), E
width of the embeddings (m), H units (n), V vocabulary (K).
"""

import torch
from torch import nn

from coursekit.recurrent.additive_attention import AdditiveAttention
from coursekit.recurrent.layers import GRUResetFirst
from coursekit.recurrent.unroll import unroll


class Seq2Seq(nn.Module):
    """Sequence to sequence.

        encoder:  h_j = [forward GRU; backward GRU] at source word j
        decoder:  s_0 = tanh(W_s backward_1),   s_i = GRU([E y_(i-1); c_i], s_(i-1)),   y_i ~ softmax(W_o [s_i; c_i])
        c_i = sum_j alpha_ij h_j with attention;    c_i = [forward_S; backward_1], the same for all i, without

    Left out of the paper: the maxout layer before the softmax.

    Args:
        vocab_size, width, units: V, E, H.
        source: S, places of the source in a row, padding on the right included.
        attention: False = the fixed vector, which is all that the decoder gets of the source.
        pad: id that fills the source; it stands nowhere else in it.

    Raises: ValueError when a size is no whole number >= 1.
    Source: Bahdanau et al. 2014, section 3 and appendix A.1.1 and A.2; the fixed vector: Cho et al. 2014, section 2.2.
    Taught in: 01-historia
    """

    def __init__(self, vocab_size, width, units, source, attention=True, pad=0):
        super().__init__()
        sizes = vocab_size, width, units, source
        if any(type(size) is not int or size < 1 for size in sizes):
            raise ValueError(f"expected vocab_size, width, units and source, whole numbers >= 1, got {sizes}")
        self.source, self.pad = source, pad
        self.embedding = nn.Embedding(vocab_size, width)
        self.forwards, self.backwards = (GRUResetFirst(width, units, batch_first=True) for _ in range(2))
        self.first_state = nn.Linear(units, units)  # W_s
        self.attention = AdditiveAttention(units, 2 * units, units) if attention else None
        self.decoder = GRUResetFirst(width + 2 * units, units, batch_first=True)
        self.output = nn.Linear(3 * units, vocab_size)  # W_o

    def forward(self, input_ids):
        """Scores of the next token after each token of the target.

        Args:
            input_ids: (B, S + T), integer: source, padding, target.

        Returns: (B, S + T, V), zeros over the source.
        Raises: ValueError when there is no target, or a source without a word.
        """
        return self.read(input_ids)[0]

    def read(self, input_ids):
        """`forward`'s scores, and where the decoder looked: (B, T, S), None without attention."""
        if input_ids.dim() != 2 or input_ids.shape[1] <= self.source:
            raise ValueError(
                f"input_ids: expected (batch, more than {self.source}), source and target, got {tuple(input_ids.shape)}"
            )
        source, target = input_ids[:, : self.source], input_ids[:, self.source :]
        hidden = source == self.pad  # (B, S)
        if hidden.all(-1).any():
            raise ValueError(f"input_ids: expected a source in every row, got one of padding alone, {self.pad}")
        # 1. the encoder, from both sides
        keys, fixed, state = self.encode(source, hidden)
        projected = None if self.attention is None else self.attention.key(keys)  # (B, S, H)
        # 2. the decoder, one token after another: where it looks depends on what it was thinking
        logits, weights, context = [], [], fixed
        for y in self.embedding(target).unbind(1):  # (B, E)
            if self.attention is not None:
                context, alpha = self.attention(state, keys, projected, hidden)  # (B, 2 H), (B, S)
                weights.append(alpha)
            step = torch.cat([y, context], dim=-1)[:, None]  # (B, 1, E + 2 H)
            _, (state,) = unroll(self.decoder.cell, step, (state,), *self.decoder.parameters())
            logits.append(self.output(torch.cat([state, context], dim=-1)))
        unasked = torch.zeros(len(source), self.source, self.output.out_features, device=source.device)
        logits = torch.cat([unasked.to(logits[0].dtype), torch.stack(logits, dim=1)], dim=1)  # (B, S + T, V)
        return logits, torch.stack(weights, dim=1) if weights else None

    def encode(self, source, hidden):
        """The source from both sides.

        Args:
            source: (B, S); hidden: (B, S), bool, True = padding.

        Returns: keys h (B, S, 2 H), the fixed vector (B, 2 H), the decoder's first state (B, H).
        """
        x = self.embedding(source)  # (B, S, E)
        forwards, last = self.forwards(x, skip=hidden)  # (B, S, H), (1, B, H)
        backwards, first = self.backwards(x.flip(1), skip=hidden.flip(1))
        keys = torch.cat([forwards, backwards.flip(1)], dim=-1)  # (B, S, 2 H)
        return keys, torch.cat([last[0], first[0]], dim=-1), self.first_state(first[0]).tanh()

    @torch.no_grad()
    def transduce(self, source, end, longest):
        """The likeliest target, word by word.

        Args:
            source: (B, S), integer, padded on the right.
            end: id that opens and closes a target.
            longest: tokens of the target, `end` counted.

        Returns: (B, at most longest), ids; `end` after the first `end`.
        """
        rows = torch.cat([source, torch.full_like(source[:, :1], end)], dim=1)
        ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)
        for _ in range(longest):
            word = self(rows)[:, -1].argmax(-1).masked_fill(ended, end)  # (B,)
            rows = torch.cat([rows, word[:, None]], dim=1)
            ended |= word == end
            if ended.all():
                break
        return rows[:, self.source + 1 :]
