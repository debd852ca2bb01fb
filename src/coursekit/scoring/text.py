"""How many bits a model needs for a text that it reads whole, token by token."""

import math

import torch


@torch.inference_mode()
def token_bits(model, input_ids, mask=None):
    """The surprise at each token after the first, given those before it.

        -log2 q(x_t | x_1 .. x_{t-1}),  t = 2 .. T

    The rows are read one by one: the logits of a large vocabulary take much memory.

    Args:
        model: a `Decoder`.
        input_ids: (B, T), integer, T >= 2.
        mask: as `Decoder.forward` takes it, for one row: (T, T), say, what may be seen. Positions are counted from
            the first token, whatever is hidden.

    Returns: (B, T - 1), float32.
    Raises: ValueError without a token to be foretold.

    Source: Shannon 1948, section 6; bits a byte, of which these are the numerator: Gao et al. 2020, section 3.1.
    Taught in: 02-transformer
    """
    if input_ids.dim() != 2 or input_ids.shape[1] < 2:
        raise ValueError(f"input_ids: expected (B, T) with T >= 2, got {tuple(input_ids.shape)}")
    positions = torch.arange(input_ids.shape[1], device=input_ids.device)
    hidden = {} if mask is None else {"mask": mask}
    rows = []
    for row in input_ids:
        logits = model(row[None], positions=positions, **hidden)[0, :-1]  # (T - 1, V)
        right = logits.gather(1, row[1:, None])[:, 0]
        rows.append((logits.logsumexp(1) - right) / math.log(2))
    return torch.stack(rows)
