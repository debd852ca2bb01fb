"""Generation: one token after another, each from what the caches remember."""

from math import isfinite
from numbers import Integral, Real

import torch

from coursekit.layers.padding import real_tokens

COLDEST = 1e-6  # the lowest temperature above 0: no logit divided by it leaves the range of float32
NOT_FINITE = "logits: expected finite numbers, got NaN or infinity; look at the model's weights"


def generate(model, prompt, max_tokens, temperature=1.0, stop=None, seed=0, attention_mask=None, sampling=None):
    """Draw tokens from a decoder until `stop`, or until there are `max_tokens` new ones.

        token ~ softmax(logits / temperature)          temperature 0: the most probable token

    The prompt is read once (prefill); after that each step reads one token, since the caches hold the rest. No
    gradient flows; the result is an ordinary tensor, on which a model may be trained.

    Prompts of unequal length are filled up on the left, and their mask says where: each row then gets what it would
    get alone (with temperature 0 the same tokens; the draws of a batch are not those of its rows alone).

    Args:
        model: a `Decoder`, or a module with the same `new_cache(batch)` and call.
        prompt: (B, T) integer, T >= 1.
        max_tokens: most tokens to add, >= 0.
        temperature: 0, or a finite number from 1e-6 on.
        stop: id that ends a sequence; a row that has ended is padded with it. None: nothing ends early.
        seed: of the draws; they are made on the CPU, so that every device draws alike.
        attention_mask: (B, T), 1 or True = a real token, 0 or False = padding, on the left; None = all are real.
        sampling: a `coursekit.serving.sampling.Sampling` (top-k, top-p, min-p, a penalty, a watermark ...), whose
            temperature then counts; None = the temperature alone.

    Returns: (B, T + new) integer.
    Raises: ValueError for an empty prompt, padding that is not on the left, an option out of its range, a length
        beyond the model's context, or logits that are not finite.

    Source: Radford et al. 2019, section 2 (a language model is sampled token by token).
    Taught in: 02-transformer
    """
    _check(prompt, max_tokens, temperature, stop)
    generator = torch.Generator().manual_seed(seed)
    ended = torch.zeros(prompt.shape[0], 1, dtype=torch.bool, device=prompt.device)  # (B, 1)
    fresh, new, real = prompt, [], _left_padded(attention_mask, prompt)
    with torch.inference_mode():  # cheaper than no_grad: small models feel each operation
        cache = model.new_cache(prompt.shape[0])
        for _ in range(max_tokens):
            hidden = {} if real is None else {"mask": real[:, None, None]}  # (B, 1, 1, S)
            logits = model(fresh, cache, **hidden)[:, -1]  # (B, V)
            if sampling is None:
                fresh = draw(logits, temperature, generator)  # (B, 1)
            else:
                ids = torch.cat([prompt, *new], dim=1) if sampling.reads_text else None  # (B, S)
                fresh = sampling.draw(logits, generator, ids)  # (B, 1)
            if stop is not None:
                fresh = fresh.masked_fill(ended, stop)
                ended = ended | (fresh == stop)
            new.append(fresh)
            if ended.all():
                break
            real = None if real is None else torch.cat([real, torch.ones_like(ended)], dim=1)  # (B, S)
    return torch.cat([prompt, *new], dim=1)  # (B, T + new)


def _check(prompt, max_tokens, temperature, stop):
    if not isinstance(prompt, torch.Tensor):
        raise ValueError(f"prompt: expected a tensor, got {type(prompt).__name__}")
    if prompt.dim() != 2 or prompt.shape[1] < 1 or prompt.is_floating_point() or prompt.dtype == torch.bool:
        raise ValueError(
            f"prompt: expected integers of shape (B, T) with T >= 1, got {prompt.dtype} of shape {tuple(prompt.shape)}"
        )
    if isinstance(max_tokens, bool) or not isinstance(max_tokens, Integral) or max_tokens < 0:
        raise ValueError(f"max_tokens: expected a whole number >= 0, got {max_tokens!r}")
    if stop is not None and (isinstance(stop, bool) or not isinstance(stop, Integral)):
        raise ValueError(f"stop: expected the id of a token, or None, got {stop!r}")
    check_temperature(temperature)


def check_temperature(temperature):
    """Raise a ValueError unless it is 0, or a finite number from `COLDEST` on."""
    is_number = isinstance(temperature, Real) and not isinstance(temperature, bool)
    if not is_number or not isfinite(temperature) or not (temperature == 0 or temperature >= COLDEST):
        raise ValueError(f"temperature: expected 0, or a finite number >= {COLDEST}, got {temperature!r}")


def _left_padded(attention_mask, prompt):
    """Which tokens of the prompt are real, (B, T); None where all are."""
    if attention_mask is None:
        return None
    real = real_tokens(attention_mask, prompt)
    if not real[:, -1].all() or (real[:, :-1] & ~real[:, 1:]).any():
        raise ValueError("attention_mask: expected padding on the left alone, so that every row ends in a real token")
    return None if real.all() else real


def draw(logits, temperature, generator):
    """The next token of each row.

    Args: logits: (B, V); temperature, generator: as in `generate`.
    Returns: (B, 1) integer.
    Raises: ValueError for logits that are not finite.
    """
    if temperature == 0:
        highest, token = logits.max(-1, keepdim=True)  # (B, 1) twice
        if not highest.isfinite().all():
            raise ValueError(NOT_FINITE)
        return token
    probabilities = (logits.float() / temperature).softmax(-1).cpu()  # (B, V)
    try:
        token = torch.multinomial(probabilities, 1, generator=generator)  # (B, 1)
    except RuntimeError:  # asked beforehand, it would cost as much as a part of a small model
        if probabilities.isfinite().all():
            raise
        raise ValueError(NOT_FINITE) from None
    return token.to(logits.device)
