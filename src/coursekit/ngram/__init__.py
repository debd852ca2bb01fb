"""n-grams: the next word by the few words before it.

The kernel, a room with its ladder of equal functions and its legend of dimensions:

    counting/            how often each n-gram occurs, and how many different words stand before it

Made of it, from the simplest to the best, each a file with what it takes from the seen and gives to the unseen:

    additive.py          every word once more than it was seen
    good_turing.py       how much the unseen deserves;  katz.py  back-off with it
    jelinek_mercer.py    all orders mixed, with weights by EM on held-out sentences
    witten_bell.py       a context that was followed by many words expects another one
    discounting.py       a fixed part of every count taken away
    kneser_ney.py        the same, and lower orders that count in how many places a word fits; three discounts

    generations.py       models that learn from what a model has drawn
    bengio.py            the neural model of 2003: words are vectors, so that neighbours learn from each other

    model.py             what they share: probabilities, distributions, perplexity, sentences drawn
    scorer.py, sampler.py  all words of many sentences at once: their probabilities; a draw

    model = KneserNey(5).fit(sentences)
    model.prob("casa", ["una"]), model.distribution(["en", "una"]), model.perplexity(sentences), model.generate(seed=0)
"""

from coursekit.ngram.additive import Additive
from coursekit.ngram.discounting import AbsoluteDiscounting
from coursekit.ngram.jelinek_mercer import JelinekMercer
from coursekit.ngram.katz import Katz
from coursekit.ngram.kneser_ney import KneserNey
from coursekit.ngram.witten_bell import WittenBell

__all__ = ["AbsoluteDiscounting", "Additive", "JelinekMercer", "Katz", "KneserNey", "WittenBell"]
