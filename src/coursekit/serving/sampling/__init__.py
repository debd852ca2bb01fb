"""Sampling: from scores to the distribution that the next token is drawn from, one idea a file.

    repetition_penalty.py  what was said scores less
    top_k.py               the k most probable tokens
    top_p.py               the fewest tokens that hold a share p of the probability
    min_p.py               tokens at least p times as probable as the most probable
    sampling.py            all of them in their order, and the draw
    green.py               a watermark: half-secret lists of tokens that score more;  detector.py  its z-score

Every file but the last three is `scores -> scores`, where -inf says that a token is out.

Dimensions: B batch, S tokens of the text so far, V vocabulary.
"""

from coursekit.serving.sampling.detector import z_score
from coursekit.serving.sampling.green import GreenList
from coursekit.serving.sampling.min_p import min_p
from coursekit.serving.sampling.repetition_penalty import repetition_penalty
from coursekit.serving.sampling.sampling import Sampling
from coursekit.serving.sampling.top_k import top_k
from coursekit.serving.sampling.top_p import top_p

__all__ = ["GreenList", "Sampling", "min_p", "repetition_penalty", "top_k", "top_p", "z_score"]
