"""The notebook of a new module: (kind, source, tags) of each cell after the one that installs."""

INTRODUCTION = """\
# @NAME@

**Pregunta:** ¿qué pregunta responde este módulo?

**Qué vas a hacer**

1. Calcular a mano, con números pequeños, lo que después hace el núcleo del curso.

**Duración:** unos 20 minutos de lectura y ejercicios; el cuaderno se ejecuta en un minuto, sin GPU.
[Presentación](../slides/@SLUG@.md) · [página del módulo](../modules/@SLUG@/README.md)"""

_PARAMETERS = """\
profile = "quick"  # "quick": todo en un minuto o dos; "record": además, las mediciones largas
seed = 0
device = "auto"
checkpoint = ""  # un modelo publicado (necesita internet); vacío: no se descarga nada"""

_HABITS = """\
La celda siguiente fija las semillas, elige el dispositivo y dice qué se va a ejecutar. Las celdas plegadas («apuntes»)
guardan en una tabla los números que luego cita la presentación: se lee la tabla; no hace falta abrirlas."""

_BEGIN = """\
from math import exp

import torch

from coursekit.attention.dot_product import reference
from coursekit.exercises import check, hint, solution
from coursekit.notebook import Row, begin, record_table, show_source
from coursekit.notebook.formatting import format_number

lesson = begin("@SLUG@", profile=profile, seed=seed, device=device)"""

_SECTION = """\
## 1. ¿Adónde mira el hueco?

Una sección empieza por su pregunta y por el mecanismo a mano: diez líneas, con números que caben en la cabeza. Aquí,
un hueco puntúa tres palabras, y sus puntuaciones se convierten en pesos.

**Antes de ejecutar, apuesta.** Las puntuaciones bajan de una en una. ¿Bajan también los pesos de uno en uno?

<details><summary>Respuesta</summary>

No: cada peso es el anterior dividido entre $e$. La exponencial convierte restas en cocientes.

</details>"""

_TOY = """\
words, scores = ["llaves", "guardaba", "pescador"], [2.0, 1.0, 0.0]  # cambia las puntuaciones y vuelve a ejecutar

total = sum(exp(score) for score in scores)
weights = [exp(score) / total for score in scores]
for word, weight in zip(words, weights):
    print(f"{word:10} {format_number(100 * weight, 1):>5} %")"""

_KERNEL_TEXT = "Y con el núcleo de la biblioteca, que hace lo mismo con todas las consultas a la vez:"

_KERNEL = """\
show_source(reference.attention_weights)

query = torch.ones(1, 1, 1, 1, dtype=torch.float64)  # (B, H, T, D): una consulta de un solo número
keys = torch.tensor(scores, dtype=torch.float64).view(1, 1, 3, 1)
by_kernel = reference.attention_weights(query, keys).flatten().tolist()
print([format_number(weight, 3) for weight in by_kernel])"""

_BOOKKEEPING = """\
# @title Apuntes
error = max(abs(by_hand - other) for by_hand, other in zip(weights, by_kernel))
record_table(
    "Los pesos del hueco",
    {
        "toy/first": ("peso de la primera palabra", 100 * weights[0], "%", 0),
        "toy/second": ("peso de la segunda", 100 * weights[1], "%", 0),
        "toy/third": ("peso de la tercera", 100 * weights[2], "%", 0),
        "toy/error": Row("diferencia máxima con el núcleo", error, kind="trained"),
    },
)"""

_RESULT = """\
Lo que se ve, en palabras: la mayor parte del peso va a la palabra que más puntúa, y las dos cuentas se distinguen solo
en el redondeo. Después de cada medida se dice qué enseña, y también qué no: un peso grande no prueba que la palabra
decida.

**@NUMBER@.1 · La máscara causal y la ventana** (10 minutos, dificultad ●○○). Ejercicio de muestra: el primero es el
objeto central del módulo, y cada uno va justo después de su sección. Devuelve un tensor booleano de forma `(T, T)`: la
fila $i$ es `True` donde el token $i$ puede mirar. Con `window`, un token ve solo los últimos `window` tokens, él
incluido. Si te atascas, `hint("@NUMBER@.1")`."""

_EXERCISE = """\
def causal_mask(T, window=None):
    raise NotImplementedError


check("@NUMBER@.1", causal_mask)"""

_DEMO_TEXT = """\
**Para jugar.** Cambia las palabras y sus puntuaciones. ¿Cuánto tiene que puntuar una para llevarse casi todo?"""

_DEMO = """\
def mira(**puntuaciones):
    \"\"\"Los pesos que el hueco da a cada palabra.\"\"\"
    shares = torch.tensor([float(score) for score in puntuaciones.values()]).softmax(0)
    for word, share in zip(puntuaciones, shares.tolist()):
        print(f"{word:12} {'▪' * round(40 * share)} {format_number(100 * share, 0)} %")


mira(llaves=3, guardaba=1, pescador=2)  # cambia esto"""

_SUMMARY = """\
## Resumen

- Una frase por sección, con lo que se ha medido.

**Lo que no se ha ejecutado aquí:** dilo, y dónde se puede ver."""

CELLS = (
    ("code", _PARAMETERS, ("parameters",)),
    ("markdown", _HABITS, ()),
    ("code", _BEGIN, ()),
    ("markdown", _SECTION, ()),
    ("code", _TOY, ()),
    ("markdown", _KERNEL_TEXT, ()),
    ("code", _KERNEL, ()),
    ("code", _BOOKKEEPING, ("hide-input",)),
    ("markdown", _RESULT, ()),
    ("code", _EXERCISE, ("exercise",)),
    ("markdown", _DEMO_TEXT, ()),
    ("code", _DEMO, ()),
    ("markdown", _SUMMARY, ()),
)
