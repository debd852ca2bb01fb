"""The memory of counting a long text, measured: `python -m coursekit.bench.ngram_peak count 18000000 5`.

A process only knows its highest mark so far, so each measurement is a process of its own.
"""

import subprocess
import sys

from coursekit.bench.memory import highest_mark
from coursekit.bench.ngram_text import sentences
from coursekit.ngram import KneserNey
from coursekit.ngram.counting import count_ngrams

WORK = {
    "count": lambda text, order: count_ngrams(text, order),
    "fit": lambda text, order: KneserNey(order).fit(text),
}


def peak(work, tokens, order):
    """The most memory that a process ever held that counted, or fitted Kneser–Ney, reading the text once.

    Args:
        work: "count" or "fit".
        tokens: of the text, as `coursekit.bench.ngram_text.sentences` draws it.
        order: n.

    Returns: bytes, Python and numpy included.
    Raises: subprocess.CalledProcessError when the process ends badly, say for lack of memory.
    """
    command = [sys.executable, "-m", "coursekit.bench.ngram_peak", work, str(tokens), str(order)]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


if __name__ == "__main__":
    WORK[sys.argv[1]](sentences(int(sys.argv[2])), int(sys.argv[3]))
    print(highest_mark())
