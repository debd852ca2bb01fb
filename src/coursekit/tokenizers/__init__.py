"""Tokenizers: three ways to choose the pieces of words, and the ladders behind them.

    bpe.py        merges the most frequent pair of neighbours, over bytes       GPT-2, Llama 3
    published.py  a BPE as somebody published it: its ids, special tokens, and conversations (chat_template.py)
    wordpiece.py  the same merges over characters, then the longest match       BERT
    published_wordpiece.py  as BERT published it: what it does to a text first, and its marks
    unigram.py    keeps the pieces without which the text is less probable      T5, ALBERT

SentencePiece is none of these: it is a tool that trains BPE or Unigram on raw text, with spaces as the
character ▁. "Byte-level" is not a fourth either: it says what the alphabet is.

Learning and applying merges, from slow to fast, every rung with the same result, ties included:

    bpe_recount.py            count every pair again before each merge: n^2 to cut a word
    bpe_incremental.py        learning: counts kept up to date, lazy priority queue
    merge_heap.py             cutting: priority queue of candidates, n log n
    wordpiece_likelihood.py   another criterion: the pair that adds most to the likelihood

The unigram model:

    unigram_reference.py      forward, backward and expected counts, one word at a time
    unigram_lattice.py        the same for all words at once
    unigram_train.py          seed, EM, pruning
    viterbi.py                the best segmentation

What they share:

    alphabet.py               the 256 bytes, in GPT-2's order
    pretokenize.py            text into words, before any merge
    memo.py                   words repeat: what was encoded is looked up
    storage.py                files that are read without being believed
    checks.py                 what every tokenizer asks of its arguments

Letters, here and in the papers:

    n   symbols of a word                            Kudo 2018: M counts pieces of a segmentation
    N   symbols of a corpus
    M   merges                                       Sennrich et al. 2016: num_merges
    p   probability of a piece, log p in nats        Kudo 2018: p(x_i)
"""

from coursekit.tokenizers.bpe import BPE
from coursekit.tokenizers.unigram import Unigram
from coursekit.tokenizers.wordpiece import WordPiece

__all__ = ["BPE", "Unigram", "WordPiece"]
