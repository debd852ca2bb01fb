"""Text to learn from.

cuentos.py      micro-stories in Spanish whose every probability, and so whose entropy, is known exactly
markov_chain.py an order-2 chain with a known entropy, too, which an n-gram can learn to the last bit
curso.py        the course's own prose, as a snapshot
from_file.py    the reader's own text, whose entropy nobody knows

The ladder of cuentos: grammar.py (any finite probabilistic grammar, expanded in _expansion.py) <- morphology.py,
lexicon.py (Spanish words) <- rules/ (the grammar of the stories) <- cuentos.py (what a course needs of it).
Beside it: vocabulary.py turns words into ids, typography.py writes tokens as text, subwords.py spells the stories out
for a tokenizer, letters.py gives them letter by letter, probes.py finds where agreement and memory show.
"""

from coursekit.corpus.from_file import from_file

__all__ = ["from_file"]
