"""How improbable a text is at most: the bound by many draws, on fixed texts."""

import torch

from coursekit.diffusion.text.checks import check_mask_id, check_tokens, check_whole
from coursekit.diffusion.text.loss import hidden_nats
from coursekit.packing import IGNORED


@torch.no_grad()
def nats_bound(model, tokens, mask_id, draws=32, seed=0):
    """An estimate of masked diffusion's upper bound on -log q of each text, without bias.

        L/l sum_{i in S} -log q(x_i | all but S),    l = 1 .. L evenly, S any l of the L places

    The same expectation as `masked_loss` times L, with less variance: the number of hidden tokens is given, not drawn,
    and goes evenly through all of them. It is also the mean, over all orders in which the tokens could be guessed one
    by one, of the cost of that order. Divided by log 2: bits.

    A text's length is told to the model. Where that must cost, as in a story scored against a model that reads left
    to right, fill the rows with END up to one length, and let these places count.

    Args:
        model: ids (B, T) -> logits (B, T, V). Put into evaluation mode meanwhile.
        tokens: (B, T) integer; IGNORED = padding on the right.
        mask_id: id of the mask.
        draws: forward passes; a multiple of T goes through each l equally often.
        seed: of the draws.

    Returns: (B,) float64, nats a text.
    Raises: ValueError when tokens, mask or draws are not as they should be.

    Source: Nie et al. 2025 (LLaDA), section 2.4; Ou et al. 2025 (RADD) show the equality with orders.
    Taught in: 06-difusion
    """
    check_tokens(tokens, "tokens")
    check_mask_id(mask_id)
    check_whole("draws", draws)
    was_training = getattr(model, "training", False)
    if was_training:
        model.eval()
    generator, real = torch.Generator().manual_seed(seed), tokens != IGNORED
    lengths, total = real.sum(1), torch.zeros(len(tokens), dtype=torch.float64)  # (B,) twice
    clean = tokens.masked_fill(~real, 0 if mask_id != 0 else 1)
    start = torch.rand(len(tokens), generator=generator).to(tokens.device)  # (B,)
    for draw in range(draws):
        count = ((start + draw) / draws * lengths).long().clamp(max=lengths - 1) + 1  # (B,), 1 .. L
        hidden = _places(real, count, generator)  # (B, T)
        noisy = clean.masked_fill(hidden, mask_id)
        logits = model(noisy) if real.all() else model(noisy, mask=real[:, None, None])
        nats = torch.zeros(tokens.shape, dtype=torch.float64, device=tokens.device)
        nats[hidden] = hidden_nats(logits, clean, hidden, mask_id).double()
        total += (nats.sum(1) * lengths / count).cpu()
    if was_training:
        model.train()
    return total / draws


def _places(real, count, generator):
    """So many of the real places of each row, any of them alike: bool (B, T)."""
    scores = torch.rand(real.shape, generator=generator).to(real.device).masked_fill(~real, -1)  # (B, T)
    return scores.argsort(1, descending=True).argsort(1) < count[:, None]
