"""Text to learn from.

cuentos      micro-stories in Spanish whose every probability, and so whose entropy, is known exactly
from_file    the reader's own text, whose entropy nobody knows

The ladder of cuentos: grammar.py (any finite probabilistic grammar) <- morphology.py, lexicon.py (Spanish words)
<- rules/ (the grammar of the stories) <- cuentos.py (what a course needs of it); typography.py writes tokens as text,
probes.py finds where agreement and memory show.
"""

from coursekit.corpus.from_file import from_file

__all__ = ["from_file"]
