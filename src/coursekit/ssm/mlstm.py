"""The mLSTM of xLSTM, on the reference rung: a matrix as memory, and gates that are exponentials.

`mlstm` is the loop over time that decoding needs; `mlstm_parallel` has all T x T weights at once, as training wants.

Dimensions, here and in the paper: B batch, H heads, T tokens, K size of a key, V size of a value (both d).
"""

from math import inf

import torch
from torch import nn
from torch.nn.functional import layer_norm, logsigmoid

from coursekit.layers.full_precision import at_least_float32, outside_autocast
from coursekit.layers.initialise import initialise
from coursekit.layers.padding import padded_places
from coursekit.ssm.mlstm_cache import MLSTMCache

SHUT = -60.0  # an input gate in nats: e^-60 is nothing beside a token's, and e^60 is still a number


def mlstm(query, key, value, input_gate, forget_gate, state=None):
    """Write key and value into a matrix, read with the query, divide by what was written.

        m_t = max(log f_t + m_{t-1}, i_t);  f' = exp(log f_t + m_{t-1} - m_t),  i' = exp(i_t - m_t)
        C_t = f' C_{t-1} + i' k_t v_t^T,  n_t = f' n_{t-1} + i' k_t,  k scaled by 1 / sqrt(K)
        h_t = C_t^T q_t / max(|n_t . q_t|, e^{-m_t})

    The gates are f = sigmoid(forget_gate) and e^{input_gate}; m keeps every exponential at 1 or below and cancels.

    Args:
        query, key: (B, H, T, K); value: (B, H, T, V).
        input_gate, forget_gate: (B, H, T), before their activations.
        state: from an earlier call, or None = an empty memory.

    Returns: (B, H, T, V); the state: C (B, H, K, V), n (B, H, K), m (B, H).

    Source: Beck et al. 2024 (xLSTM), section 2.3; the stabiliser m: section 2.2.
    Taught in: 03-mamba
    """
    key, log_forget = key / key.shape[-1] ** 0.5, logsigmoid(forget_gate)
    if state is None:
        state = empty_state(*key.shape[:2], key.shape[-1], value.shape[-1], key.dtype, key.device)
    memory, normaliser, m = state
    outputs = []
    for t in range(key.shape[2]):
        q, k, v = query[:, :, t], key[:, :, t], value[:, :, t]  # (B, H, K) twice, (B, H, V)
        # 1. stabilised gates
        decayed = log_forget[..., t] + m  # (B, H)
        m = torch.maximum(decayed, input_gate[..., t])
        forget, add = (decayed - m).exp()[..., None], (input_gate[..., t] - m).exp()[..., None]  # (B, H, 1)
        # 2. write
        memory = forget[..., None] * memory + (add * k)[..., None] * v[:, :, None]  # (B, H, K, V)
        normaliser = forget * normaliser + add * k  # (B, H, K)
        # 3. read
        scale = torch.maximum((normaliser * q).sum(-1).abs(), (-m).exp())  # (B, H)
        outputs.append((memory * q[..., None]).sum(2) / scale[..., None])  # (B, H, V)
    return torch.stack(outputs, dim=2), (memory, normaliser, m)  # (B, H, T, V)


def empty_state(batch, heads, key_size, value_size, dtype, device):
    """The state of `mlstm` before the first token: an empty memory, and no gate so far.

    Returns: C (B, H, K, V), n (B, H, K), m (B, H).
    """
    memory = torch.zeros(batch, heads, key_size, value_size, dtype=dtype, device=device)
    return memory, torch.zeros_like(memory[..., 0]), torch.full_like(memory[..., 0, 0], -inf)


def mlstm_parallel(query, key, value, input_gate, forget_gate):
    """The same as attention whose weights are a match times a decay, and need not sum to one.

        d_ts = sum_{s < r <= t} log f_r + i_s for s <= t;  m_t = max_s d_ts;  S = (Q K^T / sqrt(K)) * e^{d - m}
        h_t = sum_s S_ts v_s / max(|sum_s S_ts|, e^{-m_t})

    Args, Returns: as in `mlstm`, without states. A NaN in a value makes NaN of its column of the whole head, earlier
        tokens too: 0 times NaN is NaN.

    Source: Beck et al. 2024 (xLSTM), appendix on the parallel mLSTM.
    Taught in: 03-mamba
    """
    total = logsigmoid(forget_gate).cumsum(-1)  # (B, H, T)
    decay = total[..., None] - total[..., None, :] + input_gate[..., None, :]  # (B, H, T, T)
    decay = decay.masked_fill(~torch.ones_like(decay, dtype=torch.bool).tril(), -inf)
    m = decay.amax(-1, keepdim=True)  # (B, H, T, 1)
    weights = query @ key.mT / key.shape[-1] ** 0.5 * (decay - m).exp()  # (B, H, T, T)
    return weights @ value / torch.maximum(weights.sum(-1, keepdim=True).abs(), (-m).exp())  # (B, H, T, V)


class MLSTM(nn.Module):
    """The mLSTM as a mixer: projections before, a norm for each head and a gate after.

        h = mlstm(W_q x, W_k x, W_v x, w_i x + b_i, w_f x + b_f)
        y = W_o (sigmoid(W_g x) * gain * Concat(norm(h_1), ..., norm(h_H)))

    Args:
        config: a `DecoderConfig`; heads and head_size are read, D = K = V.
        linear: class of the projections; those of the two gates, with H outputs, stay linear.

    Source: Beck et al. 2024 (xLSTM), section 2.3; this block, without convolution and up-projection: Beck et al. 2025
        (xLSTM 7B), section 3; initial gates: the code released with it.
    Taught in: 03-mamba
    """

    def __init__(self, config, linear=nn.Linear):
        super().__init__()
        self.config, inner = config, config.heads * config.head_size
        self.query, self.key, self.value, self.gate = (
            initialise(linear(config.width, inner, bias=False), config) for _ in range(4)
        )
        # at first little is written, and each head forgets at a pace of its own
        self.input_gate = _gate(config, torch.full((config.heads,), -10.0))
        self.forget_gate = _gate(config, torch.linspace(3.0, 6.0, config.heads))
        self.gain = nn.Parameter(torch.ones(inner))
        self.output = initialise(linear(inner, config.width, bias=False), config, residual=True)

    def forward(self, x, cache=None, positions=None, mask=None):
        """Mix the tokens of each sequence; their order is all that counts, not `positions`.

        Args:
            x: (B, T, C).
            cache: from `new_cache`, changed in place by these T tokens; or None.
            mask: of padding on the left, (B, 1, 1, S), bool; nothing of it is written. None = all are real tokens.

        Returns: (B, T, C).
        Raises: ValueError when the batch differs from the cache's, or for another mask.
        """
        padded = padded_places(self, mask, x, cache)  # (B, T, 1)
        query, key, value = (
            projection(x).unflatten(-1, (self.config.heads, -1)).transpose(1, 2)  # (B, H, T, D)
            for projection in (self.query, self.key, self.value)
        )
        gates = self.input_gate(x).mT, self.forget_gate(x).mT  # (B, H, T) twice
        if padded is not None:  # a key of zeros writes nothing, and m must not rise
            key = key.masked_fill(padded[:, None], 0)
            gates = gates[0].masked_fill(padded.mT, SHUT), gates[1]
        with outside_autocast(x.device):
            h = self._recall(*at_least_float32(query, key, value, *gates), cache)  # (B, H, T, D)
            h = layer_norm(h, h.shape[-1:], eps=self.config.norm_eps).transpose(1, 2).flatten(2)  # (B, T, H * D)
        return self.output(self.gate(x).sigmoid() * self.gain * h.to(value.dtype))

    def _recall(self, query, key, value, input_gate, forget_gate, cache):
        if cache is None:
            return mlstm_parallel(query, key, value, input_gate, forget_gate)
        batch = cache.state[0].shape[0]
        if batch != query.shape[0]:
            raise ValueError(f"cache: expected a batch of {batch}, got {query.shape[0]}")
        h, cache.state = mlstm(query, key, value, input_gate, forget_gate, cache.state)
        return h

    def new_cache(self, batch):
        """An empty cache for `batch` sequences."""
        heads, size, gain = self.config.heads, self.config.head_size, self.gain
        dtype = torch.promote_types(gain.dtype, torch.float32)
        return MLSTMCache(empty_state(batch, heads, size, size, dtype, gain.device))


def _gate(config, bias):
    gate = nn.Linear(config.width, config.heads)
    nn.init.zeros_(gate.weight)
    gate.bias = nn.Parameter(bias)
    return gate
