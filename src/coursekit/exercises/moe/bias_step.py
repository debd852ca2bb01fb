"""Exercise: one step of the bias that evens the load out, and the choice that it changes."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def bias_step(affinities, bias, speed):
    """(experts, weights, new bias) of one token an expert each: chosen by affinity + bias, weighed by affinity alone.

    affinities: a row a token. Then the bias of whoever had less than the mean load rises by speed; of whoever had
    more, it falls.
    """
    experts = []
    for row in affinities:
        biased = [a + b for a, b in zip(row, bias)]
        experts.append(biased.index(max(biased)))
    weights = [row[i] for row, i in zip(affinities, experts)]
    mean = len(experts) / len(bias)
    moved = []
    for i, b in enumerate(bias):
        load = experts.count(i)
        moved.append(b + speed if load < mean else b - speed if load > mean else b)
    return experts, weights, moved


def _bias_in_the_weight(affinities, bias, speed):
    experts, weights, moved = bias_step(affinities, bias, speed)
    return experts, [w + bias[i] for w, i in zip(weights, experts)], moved


def _bias_does_not_choose(affinities, bias, speed):
    experts, weights, moved = bias_step(affinities, [0.0] * len(bias), speed)
    return experts, weights, [b + m for b, m in zip(bias, moved)]


def _the_wrong_way(affinities, bias, speed):
    return bias_step(affinities, bias, -speed)


def _in_proportion(affinities, bias, speed):
    experts, weights, _ = bias_step(affinities, bias, speed)
    mean = len(experts) / len(bias)
    return experts, weights, [b + speed * (mean - experts.count(i)) for i, b in enumerate(bias)]


def _only_the_idle(affinities, bias, speed):
    experts, weights, _ = bias_step(affinities, bias, speed)
    return experts, weights, [b + speed * (experts.count(i) == 0) for i, b in enumerate(bias)]


def _never_falls(affinities, bias, speed):
    experts, weights, moved = bias_step(affinities, bias, speed)
    return experts, weights, [max(old, new) for old, new in zip(bias, moved)]


def _even_ones_move_too(affinities, bias, speed):
    experts, weights, _ = bias_step(affinities, bias, speed)
    mean = len(experts) / len(bias)
    return experts, weights, [b + (speed if experts.count(i) < mean else -speed) for i, b in enumerate(bias)]


def _not_moved(affinities, bias, speed):
    return (*bias_step(affinities, bias, speed)[:2], list(bias))


_JUDGE = Numbers(
    solution=bias_step,
    names=("affinities", "bias", "speed"),
    parts=("expertos", "pesos", "sesgo"),
    mistakes=(
        (_bias_in_the_weight, "sumas el sesgo al peso: solo cuenta al elegir."),
        (_bias_does_not_choose, "eliges sin el sesgo: se elige por afinidad más sesgo."),
        (_the_wrong_way, "subes el sesgo de quien más trabaja: es al revés."),
        (_in_proportion, "mueves el sesgo según la diferencia; solo cuenta su signo, y el paso es speed."),
        (
            _only_the_idle,
            "subes solo el de quien no tuvo a nadie; sube el de quien quede bajo la media.",
        ),
        (_never_falls, "falta bajar el sesgo de quien tuvo más que la media."),
        (_even_ones_move_too, "bajas también el de quien tuvo justo la media: ese no se mueve."),
        (_not_moved, "falta mover el sesgo."),
    ),
)

EXERCISE = Exercise(
    # bias (0, 0.25, 0): 0.5 + 0 < 0.375 + 0.25, so the first token goes to expert 1, with weight 0.375; the others to
    # expert 2. Loads 0, 1 and 5, mean 2: the bias becomes (0.125, 0.375, -0.125)
    cases=(
        _JUDGE.case([[0.5, 0.375, 0.25], *([0.25, 0.125, 0.75] for _ in range(5))], [0.0, 0.25, 0.0], 0.125),
        _JUDGE.case([[0.5, 0.25, 0.75], [0.5, 0.625, 0.25], [0.75, 0.5, 0.625]], [0.0, 0.0, 0.25], 0.0625),
        _JUDGE.case([[0.9, 0.2, 0.4], [0.8, 0.1, 0.3], [0.7, 0.6, 0.5]], [-0.125, 0.25, 0.0], 0.001),
        _JUDGE.case([[0.5, 0.4]] * 5, [0.0, 0.0], 0.5),
        _JUDGE.case([[0.5, 0.4]] * 2 + [[0.3, 0.6]] * 3, [0.0, 0.0], 0.01),
    ),
    hints=(
        "Son tres pasos: elegir, pesar y mover. El sesgo interviene en el primero y cambia en el último.",
        "El peso es la afinidad del elegido, sin sesgo. La media de la carga es tokens entre expertos.",
        "b + speed si la carga es menor que la media; b - speed si es mayor; b si es igual.",
    ),
    solution=bias_step,
    wrong=named(_JUDGE.mistakes),
)
