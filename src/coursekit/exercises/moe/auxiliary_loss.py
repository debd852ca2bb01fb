"""Exercise: Switch's auxiliary loss, before its factor."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def auxiliary_loss(probabilities):
    """E times the sum over experts of f (part of the tokens whose best it is) times P (its mean probability).

    probabilities: a row a token, a number an expert. Of equals, the lower number is the best.
    """
    tokens, experts = len(probabilities), len(probabilities[0])
    chosen = [row.index(max(row)) for row in probabilities]
    f = [chosen.count(i) / tokens for i in range(experts)]
    P = [sum(row[i] for row in probabilities) / tokens for i in range(experts)]
    return experts * sum(a * b for a, b in zip(f, P))


def _without_experts(probabilities):
    return auxiliary_loss(probabilities) / len(probabilities[0])


def _square_of_the_parts(probabilities):
    tokens, experts = len(probabilities), len(probabilities[0])
    chosen = [row.index(max(row)) for row in probabilities]
    return experts * sum((chosen.count(i) / tokens) ** 2 for i in range(experts))


def _square_of_the_means(probabilities):
    tokens, experts = len(probabilities), len(probabilities[0])
    return experts * sum((sum(row[i] for row in probabilities) / tokens) ** 2 for i in range(experts))


def _counts(probabilities):
    return auxiliary_loss(probabilities) * len(probabilities)


def _sums(probabilities):
    return auxiliary_loss(probabilities) * len(probabilities) ** 2


def _token_by_token(probabilities):
    return len(probabilities[0]) * sum(max(row) for row in probabilities) / len(probabilities)


def _mean_over_experts(probabilities):
    return auxiliary_loss(probabilities) / len(probabilities[0]) ** 2


def _times_tokens(probabilities):
    return auxiliary_loss(probabilities) * len(probabilities) / len(probabilities[0])


_JUDGE = Numbers(
    solution=auxiliary_loss,
    names=("probabilities",),
    parts=("pérdida",),
    mistakes=(
        (_without_experts, "falta multiplicar por el número de expertos."),
        (_square_of_the_parts, "multiplicas f por f; es f por P, y solo P lleva gradiente."),
        (_square_of_the_means, "multiplicas P por P; f cuenta tokens, P promedia probabilidades."),
        (_counts, "falta dividir entre el número de tokens: f es una parte y P, una media."),
        (_sums, "f es una parte y P, una media: falta dividir las dos entre el número de tokens."),
        (
            _token_by_token,
            "promedias la mayor probabilidad de cada token; f y P se calculan por experto.",
        ),
        (_mean_over_experts, "promedias sobre los expertos; se suma, y se multiplica por cuántos son."),
        (_times_tokens, "multiplicas por el número de tokens; es por el de expertos."),
    ),
)

EXERCISE = Exercise(
    # two tokens, both to expert 0: f = (1, 0), P = (0.75, 0.25): 2 x 0.75 = 1.5
    # three experts, ten tokens of which nine choose 0 narrowly: below 1, though the load is anything but even
    cases=(
        _JUDGE.case([[0.75, 0.25], [0.75, 0.25]]),
        _JUDGE.case([[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]]),
        _JUDGE.case([[0.5, 0.25, 0.25], [0.125, 0.625, 0.25], [0.25, 0.5, 0.25], [0.125, 0.25, 0.625]]),
        _JUDGE.case([[0.34, 0.33, 0.33]] * 9 + [[0.0, 1.0, 0.0]]),
    ),
    hints=(
        "Por experto hacen falta dos números: qué parte de los tokens lo elige, y qué probabilidad le dan de media.",
        "f cuenta solo al mejor de cada token; P promedia también a los que no salieron elegidos.",
        "E * sum(f[i] * P[i]), con f y P divididas entre el número de tokens.",
    ),
    solution=auxiliary_loss,
    wrong=named(_JUDGE.mistakes),
)
