"""Prompt tuning: the model is frozen, and a few vectors before the input are learned."""

import torch
from torch import nn


class SoftPrompt(nn.Module):
    """A frozen decoder that reads P learned vectors before every sequence.

        x = [p_1 .. p_P; E[token_1] .. E[token_T]]

    The vectors are the embeddings of P tokens beyond the vocabulary, positions included where the embedding adds
    them; they begin as those of random tokens.

    Args:
        model: a trained `Decoder`; frozen, and its embedding wrapped, in place.
        length: P.

    Raises: ValueError unless 1 <= P < config.context.

    Source: Lester et al. 2021, section 2 (the initial values: section 3.2, "Prompt Initialization").
    Taught in: 02-transformer
    """

    def __init__(self, model, length):
        if not 1 <= length < model.config.context:
            raise ValueError(f"length: expected 1 to {model.config.context - 1} vectors, got {length}")
        super().__init__()
        self.model, self.config, self.length = model.requires_grad_(False), model.config, length
        model.embedding = _WithPrompt(model.embedding, length)

    def forward(self, input_ids, cache=None):
        """Scores of the next token after each token; the prompt is read first, and again only by an empty cache.

        Args:
            input_ids: (B, T), integer.
            cache: from `new_cache`, extended in place; or None.

        Returns: logits (B, T, V).
        Raises: ValueError when prompt and sequence are longer than config.context.
        """
        if cache is not None and cache.length > 0:
            return self.model(input_ids, cache)
        first = self.config.vocab_size
        prompt = torch.arange(first, first + self.length, device=input_ids.device)
        prompt = prompt.expand(input_ids.shape[0], -1)  # (B, P)
        return self.model(torch.cat((prompt, input_ids), dim=1), cache)[:, self.length :]  # (B, P + T, V) -> (B, T, V)

    def new_cache(self, batch):
        """An empty cache for `batch` sequences of at most config.context - P tokens."""
        return self.model.new_cache(batch)


class _WithPrompt(nn.Module):
    """An embedding with P more tokens, whose vectors alone are trained."""

    def __init__(self, embedding, length):
        super().__init__()
        weight = embedding.tokens.weight.detach()
        self.inner, self.vocab_size = embedding, weight.shape[0]
        chosen = torch.randint(self.vocab_size, (length,), device=weight.device)
        self.prompt = nn.Parameter(weight[chosen].clone())  # (P, C)

    def forward(self, input_ids, positions):
        is_prompt = input_ids >= self.vocab_size  # (B, T)
        x = self.inner(input_ids.masked_fill(is_prompt, 0), positions)  # (B, T, C)
        prompt = self.prompt[(input_ids - self.vocab_size).clamp(min=0)]  # (B, T, C)
        return torch.where(is_prompt[..., None], prompt, x)
