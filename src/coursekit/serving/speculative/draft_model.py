"""Proposals from a smaller model with the same vocabulary."""

import torch

from coursekit.serving.paged.cache import PagedCache


class DraftModel:
    """A small model that writes ahead, for all requests of a step together.

    It keeps its own paged cache. What the large model did not accept is cut off there, too, and read again as it was
    corrected.

    Args:
        model: a `Decoder` that keeps every token (a state cannot go back to what was accepted).
        tokens: most proposals a step, n >= 1.
        blocks, block_size: of its cache.

    Raises: ValueError for a model with a state, or n below 1.

    Source: Leviathan et al. 2022, section 2.3.
    Taught in: 07-despliegue
    """

    def __init__(self, model, tokens=4, blocks=1024, block_size=16):
        check_tokens(tokens)
        self.tokens, self.cache, self._texts = tokens, PagedCache(model, blocks, block_size), {}
        if not self.cache.is_paged:
            raise ValueError("draft: expected a model that keeps every token, whose cache can be cut")

    def propose(self, requests, most):
        """Write ahead.

        Args:
            requests: list of `Request`s.
            most: how many tokens each may take at most, list of int.

        Returns: list of (ids, q (n, V)), one pair a request; n may be 0.
        """
        proposals = [([], []) for _ in requests]
        for step in range(self.tokens):
            rows = [i for i, room in enumerate(most) if step < room]
            if not rows:
                break
            logits = self._read([requests[i] for i in rows], [proposals[i][0] for i in rows])
            for i, scores in zip(rows, logits):
                token, q = requests[i].propose(scores, proposals[i][0])
                proposals[i][0].append(token)
                proposals[i][1].append(q)
        return [(ids, torch.stack(q) if q else None) for ids, q in proposals]

    def forget(self, request):
        """A request has ended, or its memory was taken away."""
        if (text := self._texts.pop(request, None)) is not None:
            self.cache.close(text)

    def _read(self, requests, proposed):
        """The scores after each request's text and what was proposed: (V,) each."""
        texts, fresh = [], []
        for request, more in zip(requests, proposed):
            ids = request.all_ids + more
            text = self._texts.get(request)
            if text is None:
                text = self._texts[request] = self.cache.begin(ids)
            self.cache.cut(text, min(_common(text.ids, ids), len(ids) - 1))
            texts.append(text)
            fresh.append(ids[text.length :])
        return [logits[-1] for logits in self.cache.read(texts, fresh)]


def check_tokens(tokens):
    """Raise a ValueError unless it is a whole number >= 1."""
    if type(tokens) is not int or tokens < 1:
        raise ValueError(f"tokens: expected a whole number >= 1, got {tokens!r}")


def _common(a, b):
    """Length of the common beginning of two lists."""
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
