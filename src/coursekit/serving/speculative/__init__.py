"""Speculative decoding: something cheap proposes several tokens, the model checks them in one call; nothing is lost.

    accept.py         which proposals stand, and what is drawn instead of the first that does not
    expected.py       the tokens of a call, by the acceptance rate
    draft_model.py    proposals from a smaller model
    ngram_lookup.py   proposals copied from the text itself

`coursekit.serving.speculative_generate` does it for a batch of prompts, each accepting as many as it may;
`Scheduler(cache, draft=...)` for requests that come and go.

As in the paper p is the model's distribution and q the draft's. Dimensions: B prompts, n proposals (the paper's
gamma), V vocabulary.
"""

from coursekit.serving.speculative.accept import accept
from coursekit.serving.speculative.draft_model import DraftModel
from coursekit.serving.speculative.expected import acceptance, expected_tokens
from coursekit.serving.speculative.ngram_lookup import NgramLookup

__all__ = ["DraftModel", "NgramLookup", "accept", "acceptance", "expected_tokens"]
