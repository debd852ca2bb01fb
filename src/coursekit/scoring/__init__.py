"""How good a model is.

excess.py         bits a token over the corpus' exact entropy, on whole stories, paired
text.py           bits at each token of a text that is read whole
stream.py         the loss along one endless stream, with a cache
logit_lens.py     what a decoder would answer after each layer
agreement.py      which of two words a model prefers
scaling_laws.py   power laws fitted to many runs
"""

from coursekit.scoring.excess import Excess, excess_along, excess_bits, paired_excess, story_log2_probabilities

__all__ = ["Excess", "excess_along", "excess_bits", "paired_excess", "story_log2_probabilities"]
