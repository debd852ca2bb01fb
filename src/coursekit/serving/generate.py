"""Generation: one token after another, each from what the caches remember."""

import torch


def generate(model, prompt, max_tokens, temperature=1.0, stop=None, seed=0):
    """Draw tokens from a decoder until `stop`, or until there are `max_tokens` new ones.

        token ~ softmax(logits / temperature)          temperature 0: the most probable token

    The prompt is read once (prefill); after that each step reads one token, since the caches hold the rest. No
    gradient flows; the result is an ordinary tensor, on which a model may be trained.

    Args:
        model: a `Decoder`, or a module with the same `new_cache(batch)` and call.
        prompt: (B, T) integer, T >= 1.
        max_tokens: most tokens to add.
        temperature: >= 0.
        stop: id that ends a sequence; a row that has ended is padded with it. None: nothing ends early.
        seed: of the draws; they are made on the CPU, so that every device draws alike.

    Returns: (B, T + new) integer.
    Raises: ValueError for an empty prompt, a negative temperature, or a length beyond the model's context.

    Source: Radford et al. 2019, section 2 (a language model is sampled token by token).
    Taught in: 02-transformer
    """
    if prompt.dim() != 2 or prompt.shape[1] < 1:
        raise ValueError(f"prompt: expected shape (B, T) with T >= 1, got {tuple(prompt.shape)}")
    if temperature < 0:
        raise ValueError(f"temperature: expected >= 0, got {temperature}")
    generator = torch.Generator().manual_seed(seed)
    ended = torch.zeros(prompt.shape[0], 1, dtype=torch.bool, device=prompt.device)  # (B, 1)
    fresh, new = prompt, []
    with torch.inference_mode():  # cheaper than no_grad: small models feel each operation
        cache = model.new_cache(prompt.shape[0])
        for _ in range(max_tokens):
            logits = model(fresh, cache)[:, -1]  # (B, V)
            fresh = draw(logits, temperature, generator)  # (B, 1)
            if stop is not None:
                fresh = fresh.masked_fill(ended, stop)
                ended = ended | (fresh == stop)
            new.append(fresh)
            if ended.all():
                break
    return torch.cat([prompt, *new], dim=1)  # (B, T + new)


def draw(logits, temperature, generator):
    """The next token of each row.

    Args: logits: (B, V); temperature, generator: as in `generate`.
    Returns: (B, 1) integer.
    """
    if temperature == 0:
        return logits.argmax(-1, keepdim=True)  # (B, 1)
    probabilities = (logits.float() / temperature).softmax(-1).cpu()  # (B, V)
    return torch.multinomial(probabilities, 1, generator=generator).to(logits.device)  # (B, 1)
