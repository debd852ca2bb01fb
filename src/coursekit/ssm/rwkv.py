"""RWKV-4 as two mixers, on the reference rung: attention without queries, so that a state of fixed size is enough.

    Decoder(config, mixer=[TimeMixing, ChannelMixing] * 4, ffn=None, norm=LayerNorm)     config.layers = 8

Each half of an RWKV layer is a mixer, since both look back at the token before. `wkv` is the loop over time that
decoding needs; `wkv_matrix` is the same sum with all weights at once, where one sees that it is a softmax.

Dimensions, here and in the paper: B batch, T tokens, C width (d).
"""

import torch
from torch import nn

from coursekit.layers.full_precision import at_least_float32
from coursekit.layers.initialise import initialise
from coursekit.layers.padding import padded_places
from coursekit.ssm.rwkv_cache import RWKVCache

WEIGHTLESS = -1e30  # a key in nats whose weight is 0 beside any other; minus infinity would leave a mean undefined


def wkv(decay, bonus, key, value, state=None):
    """The weighted mean of all values so far, as a recurrence that cannot overflow.

        wkv_t = (sum_{i<t} e^{-(t-1-i) w + k_i} v_i + e^{u + k_t} v_t) / (the same without the v)

    Numerator and denominator are kept divided by e^p, where p is the largest exponent so far.

    Args:
        decay: w, (C,), >= 0, nats a token.
        bonus: u, (C,); what the present token gets instead of a decay.
        key, value: (B, T, C).
        state: from an earlier call, or None = nothing seen.

    Returns: (B, T, C); the state: numerator, denominator and p, each (B, C).

    Source: Peng et al. 2023 (RWKV), section 3.1, the WKV operator; in stable form: appendix on the RNN cell.
    Taught in: 03-mamba
    """
    numerator, denominator, p = empty_state(key[:, 0]) if state is None else state
    means = []
    for k, v in zip(key.unbind(1), value.unbind(1)):  # (B, C) twice
        # 1. the mean, the present token with its bonus
        q = torch.maximum(p, bonus + k)
        past, present = (p - q).exp(), (bonus + k - q).exp()
        means.append((past * numerator + present * v) / (past * denominator + present))
        # 2. the sums one step on, the present token without it
        q = torch.maximum(p - decay, k)
        past, present = (p - decay - q).exp(), (k - q).exp()
        numerator, denominator, p = past * numerator + present * v, past * denominator + present, q
    return torch.stack(means, dim=1), (numerator, denominator, p)  # (B, T, C)


def empty_state(like):
    """The state of `wkv` before the first token: empty sums, whose largest exponent is minus infinity.

    Args:
        like: (B, C); its dtype and device are taken.

    Returns: numerator, denominator and p, each (B, C).
    """
    return torch.zeros_like(like), torch.zeros_like(like), torch.full_like(like, -torch.inf)


def wkv_matrix(decay, bonus, key, value):
    """The same mean as attention: each channel has a softmax of its own, over keys that fade with distance.

        wkv_t = sum_{i<=t} softmax_i(s_ti) v_i,  s_ti = k_i - (t - 1 - i) w for i < t,  s_tt = k_t + u

    Args, Returns: as in `wkv`, without states; holds B * T * T * C scores. A NaN in a value makes NaN of its whole
        channel, earlier tokens too: 0 times NaN is NaN.

    Source: Peng et al. 2023 (RWKV), section 3.1, the WKV operator.
    Taught in: 03-mamba
    """
    steps = torch.arange(key.shape[1], device=key.device)
    distance = (steps[:, None] - steps)[..., None]  # (T, T, 1)
    change = torch.where(distance == 0, bonus, -(distance - 1) * decay)  # (T, T, C)
    scores = (key[:, None] + change).masked_fill(distance < 0, -torch.inf)  # (B, T, T, C)
    return (scores.softmax(dim=2) * value[:, None]).sum(dim=2)  # (B, T, C)


class _Mixing(nn.Module):
    """What both mixers share: inputs between a token and the one before it, and a cache."""

    def __init__(self, config, names):
        super().__init__()
        self.config = config
        channel = torch.arange(config.width) / config.width  # (C,)
        # the first layer's initial values; a mixer does not know its place
        self.mix = nn.ParameterDict({name: nn.Parameter(channel**power) for name, power in names.items()})

    def new_cache(self, batch):
        """A cache that has seen nothing, for `batch` sequences."""
        return RWKVCache(next(self.parameters()).new_zeros(batch, 1, self.config.width))

    def _mixed(self, x, cache, padded):
        x = x if padded is None else x.masked_fill(padded, 0)
        before = cache.shift(x)  # (B, T, C)
        return {name: mix * x + (1 - mix) * before for name, mix in self.mix.items()}


class TimeMixing(_Mixing):
    """RWKV's counterpart of attention.

        k, v, r = W_k, W_v, W_r applied to mu x_t + (1 - mu) x_{t-1};  y = W_o (sigmoid(r) * wkv(k, v)),  w = e^decay

    Args:
        config: a `DecoderConfig`.
        linear: class of the projections.

    Source: Peng et al. 2023 (RWKV), section 3.1; initial values: appendix on initialisation.
    Taught in: 03-mamba
    """

    def __init__(self, config, linear=nn.Linear):
        super().__init__(config, {"key": 1.0, "value": 1.0, "receptance": 0.5})
        width, channel = config.width, torch.arange(config.width)
        self.log_decay = nn.Parameter(-5 + 8 * (channel / max(width - 1, 1)) ** 0.7)
        self.bonus = nn.Parameter(torch.tensor(0.3).log() + 0.5 * ((channel + 1) % 3 - 1))
        self.key, self.value, self.receptance = (initialise(linear(width, width, bias=False), config) for _ in range(3))
        self.output = initialise(linear(width, width, bias=False), config, residual=True)

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C), a cache or None -> (B, T, C); the order of the tokens is all that counts, not `positions`

        mask: of padding on the left, (B, 1, 1, S), bool; the state skips it. Any other is a ValueError.
        """
        padded = padded_places(self, mask, x, cache)  # (B, T, 1)
        cache = self.new_cache(x.shape[0]) if cache is None else cache
        mixed = self._mixed(x, cache, padded)
        key, value, receptance = (getattr(self, name)(mixed[name]) for name in ("key", "value", "receptance"))
        log_decay, bonus, key, value = at_least_float32(self.log_decay, self.bonus, key, value)
        if padded is not None:
            key = key.masked_fill(padded, WEIGHTLESS)
        mean, cache.state = wkv(log_decay.exp(), bonus, key, value, cache.state)  # (B, T, C)
        return self.output(receptance.sigmoid() * mean.to(receptance.dtype))

    def new_cache(self, batch):
        """A cache that has seen nothing, for `batch` sequences."""
        cache = super().new_cache(batch)
        cache.state = empty_state(*at_least_float32(cache.last[:, 0]))
        return cache


class ChannelMixing(_Mixing):
    """RWKV's counterpart of the feed-forward.

        k, r = W_k, W_r applied to mu x_t + (1 - mu) x_{t-1};  y = sigmoid(r) * W_v max(k, 0)^2

    Args:
        config: a `DecoderConfig`; ffn_width is read.
        linear: class of the projections.

    Source: Peng et al. 2023 (RWKV), section 3.1.
    Taught in: 03-mamba
    """

    def __init__(self, config, linear=nn.Linear):
        super().__init__(config, {"key": 1.0, "receptance": 1.0})
        self.key = initialise(linear(config.width, config.ffn_width, bias=False), config)
        self.receptance = initialise(linear(config.width, config.width, bias=False), config)
        self.value = initialise(linear(config.ffn_width, config.width, bias=False), config, residual=True)

    def forward(self, x, cache=None, positions=None, mask=None):
        """(B, T, C), a cache or None, perhaps a mask as in `TimeMixing` -> (B, T, C)"""
        padded = padded_places(self, mask, x, cache)  # (B, T, 1)
        mixed = self._mixed(x, self.new_cache(x.shape[0]) if cache is None else cache, padded)
        hidden = self.key(mixed["key"]).relu().square()  # (B, T, F)
        return self.receptance(mixed["receptance"]).sigmoid() * self.value(hidden)
