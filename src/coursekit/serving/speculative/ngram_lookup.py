"""Proposals copied from the text itself: what followed the last words when they stood there before."""

import torch
from torch.nn.functional import one_hot

from coursekit.serving.speculative.draft_model import check_tokens


class NgramLookup:
    """No second model: of the last `longest` tokens, or fewer, the latest earlier occurrence is looked for, and what
    followed it is proposed. q is then all on one token, which stands with probability p(x).

    It pays where texts repeat themselves: summaries, corrections, code.

    Args:
        vocab_size: V.
        tokens: most proposals a step, n >= 1.
        longest, shortest: length of what is looked for, in tokens; longest first.

    Raises: ValueError for numbers below 1.

    Source: Leviathan et al. 2022, section 3.6 (copying from the context as a draft).
    Taught in: 07-despliegue
    """

    def __init__(self, vocab_size, tokens=4, longest=3, shortest=1):
        check_tokens(tokens)
        if not 1 <= shortest <= longest:
            raise ValueError(f"expected 1 <= shortest <= longest, got {shortest!r} and {longest!r}")
        self.vocab_size, self.tokens, self.longest, self.shortest = vocab_size, tokens, longest, shortest

    def propose(self, requests, most):
        """Args, Returns: as in `DraftModel.propose`."""
        found = [self.lookup(request.all_ids)[: max(room, 0)] for request, room in zip(requests, most)]
        return [(ids, one_hot(torch.tensor(ids), self.vocab_size).float() if ids else None) for ids in found]

    def forget(self, request):
        """Nothing was kept."""

    def lookup(self, ids):
        """What followed the last tokens of a text when they stood there before: list of at most n ids."""
        for length in range(self.longest, self.shortest - 1, -1):
            last = ids[-length:]
            for at in range(len(ids) - length - 1, -1, -1):
                if ids[at : at + length] == last:
                    return ids[at + length : at + length + self.tokens]
        return []
