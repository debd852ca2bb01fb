"""Exercise: how many weights a mixture keeps, and how many of them one token uses."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def count(shared, layers, experts, k, width, hidden):
    """(total, active) weights: `shared` of what is no expert; an expert has three matrices of width x hidden."""
    expert = 3 * width * hidden
    return shared + layers * experts * expert, shared + layers * k * expert


def _whole_copies(shared, layers, experts, k, width, hidden):
    one = shared + layers * 3 * width * hidden
    return experts * one, k * one


def _two_matrices(shared, layers, experts, k, width, hidden):
    return tuple(shared + layers * n * 2 * width * hidden for n in (experts, k))


def _one_layer(shared, layers, experts, k, width, hidden):
    return count(shared, 1, experts, k, width, hidden)


def _without_shared(shared, layers, experts, k, width, hidden):
    return count(0, layers, experts, k, width, hidden)


def _shared_is_free(shared, layers, experts, k, width, hidden):
    total, active = count(shared, layers, experts, k, width, hidden)
    return total, active - shared


def _one_expert(shared, layers, experts, k, width, hidden):
    return count(shared, layers, experts, 1, width, hidden)


def _share(shared, layers, experts, k, width, hidden):
    total, _ = count(shared, layers, experts, k, width, hidden)
    return total, total * k / experts


def _routers_too(shared, layers, experts, k, width, hidden):
    return count(shared + layers * width * experts, layers, experts, k, width, hidden)


_JUDGE = Numbers(
    solution=count,
    names=("shared", "layers", "experts", "k", "width", "hidden"),
    parts=("total", "activos"),
    mistakes=(
        (_whole_copies, "multiplicas el modelo entero: solo se repite la red; lo demás es de todos."),
        (_two_matrices, "cuentas dos matrices; un experto con compuerta tiene tres."),
        (_one_layer, "cuentas los expertos de una capa; hay los mismos en cada una."),
        (_without_shared, "falta lo que no es experto: atención, incrustación, normas y enrutadores."),
        (_shared_is_free, "un token pasa también por lo que no es experto."),
        (_one_expert, "un token usa k expertos en cada capa, no uno."),
        (_share, "multiplicas todo por k / experts: lo que no es experto lo usan todos los tokens."),
        (_routers_too, "cuentas los enrutadores dos veces: ya están en shared."),
    ),
)

EXERCISE = Exercise(
    # 100 + 2 x 4 x 3 x 5 x 6 = 100 + 8 x 90 = 820; with one expert of four, 100 + 2 x 90 = 280
    cases=(
        _JUDGE.case(100, 2, 4, 1, 5, 6),
        _JUDGE.case(1000, 3, 8, 2, 16, 32),
        _JUDGE.case(500_000, 12, 64, 6, 96, 40),
    ),
    hints=(
        "Un experto son tres matrices de width × hidden. ¿Cuántos expertos hay en todo el modelo?",
        "En total, layers · experts expertos; por token, layers · k. Lo demás, shared, cuenta en los dos.",
        "total = shared + layers · experts · 3 · width · hidden; en los activos, k en lugar de experts.",
    ),
    solution=count,
    wrong=named(_JUDGE.mistakes),
)
