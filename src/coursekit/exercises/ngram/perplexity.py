"""Exercise: the perplexity of a text, from the probabilities that its words were given."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers


def perplexity(probabilities):
    """Two to the mean surprise, in bits."""
    bits = sum(-math.log2(p) for p in probabilities) / len(probabilities)
    return 2**bits


def _sum(probabilities):
    return 2 ** sum(-math.log2(p) for p in probabilities)


def _of_the_mean(probabilities):
    return len(probabilities) / sum(probabilities)


def _mean_of_the_inverses(probabilities):
    return sum(1 / p for p in probabilities) / len(probabilities)


def _nats(probabilities):
    return 2 ** (sum(-math.log(p) for p in probabilities) / len(probabilities))


def _sign(probabilities):
    return 1 / perplexity(probabilities)


def _bits(probabilities):
    return math.log2(perplexity(probabilities))


def _product(probabilities):
    return math.prod(probabilities) ** (-1 / len(probabilities))


def _product_of_inverses(probabilities):
    return math.prod(1 / p for p in probabilities) ** (1 / len(probabilities))


_MISTAKES = (
    (_product_of_inverses, "multiplicas todos los 1 / p: en un texto largo el producto se desborda. Suma logaritmos."),
    (_sum, "sumas las sorpresas sin dividir entre las palabras: así crece con el texto."),
    (_of_the_mean, "tomas la media de las probabilidades: la media es de las sorpresas, -log2 p."),
    (_mean_of_the_inverses, "tomas la media de 1 / p: la media es de las sorpresas, -log2 p, y después se eleva."),
    (_nats, "mezclas bases: si elevas dos, el logaritmo es en base dos."),
    (_sign, "te falta un signo: la sorpresa es -log2 p, y una perplejidad nunca baja de uno."),
    (_bits, "das los bits por palabra: falta elevar dos a ese número."),
    (
        _product,
        "multiplicas todas las probabilidades: en un texto largo el producto se queda en cero. Suma logaritmos.",
    ),
)
_PERPLEXITY = Numbers(perplexity, ("probabilities",), ("perplejidad",), _MISTAKES)

EXERCISE = Exercise(
    # one bit and three bits: two on average, and 2 to the 2
    cases=(
        _PERPLEXITY.case([0.5, 0.125]),
        _PERPLEXITY.case([1.0, 1.0, 1.0]),
        _PERPLEXITY.case([0.9, 0.3, 0.01, 0.6]),
        _PERPLEXITY.case([0.1] * 400),
    ),
    hints=(
        "Primero, la sorpresa de cada palabra, -log2 p; después, su media; al final, dos elevado a ella.",
        "math.log2(p) es el logaritmo en base dos; la media divide entre len(probabilities).",
        "Suma -math.log2(p) de todas las p, divide entre len(probabilities), y 2 ** lo que salga.",
    ),
    solution=perplexity,
    wrong={
        "sum": _sum,
        "of the mean": _of_the_mean,
        "mean of the inverses": _mean_of_the_inverses,
        "nats": _nats,
        "sign": _sign,
        "bits": _bits,
        "product": _product,
        "product of inverses": _product_of_inverses,
    },
)
