"""How good a model is.

excess.py         bits a token over the corpus' exact entropy, on whole stories, paired
text.py           bits at each token of a text, given as ids, that is read whole
tokens.py         bits at each token of stories of a corpus
next_word.py      whole distributions beside the source's: divergence, tails, what cannot come
unseen.py         the probability of what was never seen, exactly
plateau.py        where an n-gram model stops, however much it reads
guessing.py       Shannon's game: guesses until right, and bounds on the entropy
stream.py         the loss along one endless stream, with a cache
logit_lens.py     what a decoder would answer after each layer
mutual_information.py  bits of one thing that another tells
agreement.py      which of two words a model prefers
scaling_laws.py   power laws fitted to many runs
"""

from coursekit.scoring.excess import Excess, excess_along, excess_bits, paired_excess, story_log2_probabilities

__all__ = ["Excess", "excess_along", "excess_bits", "paired_excess", "story_log2_probabilities"]
