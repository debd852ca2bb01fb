"""Synthetic tasks: small worlds in which one ability is all that counts, and chance is known exactly.

    selective_copying.py    copy the data tokens, in order, and leave out the noise
    induction_prefix.py     S B ... S -> B: what came after the special token?
    induction_bigrams.py    A B ... A -> B for every token of a random sequence
    associative_recall.py   key value ... key -> value, for many keys
    reversal.py             a b c ; c b a: read whole, then said backwards, or copied
    english_agreement.py    «The keys to the cabinet» -> are: for a published model, as text
    telephone.py            a number dictated, something else, and the number again: likewise

    stream.py               endless seeded batches of any of them, as `coursekit.train.train` takes them
    accuracy.py             the part of the asked targets that a model gets right
    whole.py                the part of the sequences of which it gets every one right
    _permutations.py        random orders, a row of the batch each

A task is a frozen dataclass of sizes, with

    vocab_size, context     V and T of a model that fits
    chance                  expected accuracy of an answer that is always the same: of a model that reads nothing
    order_blind             that of the best answer given which tokens the sequence has, and not in which order:
                            of a model that only counts
    draw(batch, generator)  inputs, targets: (B, T) int64 twice; targets are -100 where nothing is asked

    task = SelectiveCopying(symbols=8, length=64, items=4)
    model = Decoder(DecoderConfig(task.vocab_size, width=64, layers=2, heads=4, context=task.context))
    train(model, batches(task, batch=32, seed=0), budget=Budget(steps=1000))
    accuracy(model, islice(batches(task, batch=32, seed=1), 10))

Dimensions, here and in the papers:

    B   batch
    T   tokens a sequence                   Gu and Dao: L; Arora et al.: N
    L   tokens to be read, selective copying; T = L + M
    V   symbols that carry data             Gu and Dao: vocabulary; not the model's, which has special tokens too
    M   data tokens, or queries             Arora et al.: D pairs
    W   values, K keys                      Arora et al.: half of the vocabulary each
"""

from coursekit.tasks.accuracy import accuracy
from coursekit.tasks.associative_recall import AssociativeRecall
from coursekit.tasks.induction_bigrams import InductionBigrams
from coursekit.tasks.induction_prefix import InductionPrefix
from coursekit.tasks.reversal import Reversal
from coursekit.tasks.selective_copying import SelectiveCopying
from coursekit.tasks.stream import batches
from coursekit.tasks.whole import whole_accuracy

__all__ = [
    "AssociativeRecall",
    "InductionBigrams",
    "InductionPrefix",
    "Reversal",
    "SelectiveCopying",
    "accuracy",
    "batches",
    "whole_accuracy",
]
