"""The drawings of the style guide: the pieces of the kit, frames that grow, and a strip."""

from math import exp

from coursekit.notebook.drawing import (
    Drawing,
    Part,
    arcs,
    bars,
    bits,
    cache,
    chips,
    experts,
    gates,
    head,
    heat,
    mask,
    matrix,
    noise,
    polyline,
    residual,
    ruler,
    state,
    text,
    tokens,
    tree,
    vector,
)
from coursekit.notebook.plotting import COLOUR

INVENTED = {
    "colores": "curvas de ejemplo de la guía",
    "piezas": "muestrario de la guía",
    "mas_piezas": "muestrario de la guía",
    "crece": "ejemplo de la guía",
    "cambia": "ejemplo de la guía",
}
SENTENCE = ["Las", "llaves", "que", "guardaba", "el", "pescador", None]


def colores(metrics):
    """One curve for each architecture, in its colour, named where it ends; the oracle's is dashed."""
    alt = "Siete curvas de ejemplo que bajan, cada una del color de su arquitectura y con su nombre al final."
    drawing = Drawing(330, wide=660, title="Colores", alt=alt)
    drawing.add(polyline([(20, 10), (20, 310), (430, 310)], line=2))
    names = ("n-grama", "recurrente", "atención", "Mamba", "mezcla de expertos", "difusión", "oráculo")
    for place, (architecture, name) in enumerate(zip(COLOUR, names)):
        end, colour, dashed = 40 + 40 * place, COLOUR[architecture], architecture == "oracle"
        points = [(20 + 10 * x, end - 40 * exp(-x / 8) * (place < 6)) for x in range(40)]
        drawing.add(polyline(points, stroke=colour, line=4, dashed=dashed))
        drawing.add(text(name, 420, end, anchor="start", colour=colour, bold=True, size=22))
    return drawing


def piezas(metrics):
    drawing = Drawing(500, title="Piezas", alt="Las primeras piezas del equipo de dibujo, cada una con su nombre.")
    row = tokens(SENTENCE, 20, 170, marked=[1], architecture="attention")
    drawing.add(arcs(row.parts, 6, [0.04, 0.62, 0.02, 0.05, 0.02, 0.20], labels=[1], reach=120), row)
    drawing.add(chips(row.parts, "key", 220))
    drawing.add(head(1010, 110, radius=56, label="cabeza"))
    drawing.add(vector([0.1, 0.9, -0.4, 0.6], 40, 306, name="vector", cell=36))
    drawing.add(matrix([[0.1, 0.8, 0.3], [0.5, 0.2, 0.9], [0.4, 0.4, 1]], 150, 306, name="matriz", cell=48))
    drawing.add(mask(5, 360, 306, cell=30, name="máscara"))
    drawing.add(state([0.3, 0.8, 0.1], 590, 306, label="estado"))
    drawing.add(cache(4, 850, 300, places=6, slot=32))
    drawing.add(text("caché", 980, 424))
    return drawing


def mas_piezas(metrics):
    drawing = Drawing(
        500,
        title="Más piezas",
        alt="Las demás piezas: compuertas, barras, árbol, bits, expertos, ruido y un mapa de calor.",
    )
    gated = tokens(["seis", "eh", "uno", "eh"], 10, 190, pitch=78, faded=[1, 3])
    drawing.add(gated, gates(gated.parts, [1, 0.1, 0.9, 0.05], 150), text("compuertas", 166, 240))
    barred = tokens(["Las", "llaves", "son"], 350, 190)
    drawing.add(barred, bars(barred.parts, [4, 3, 0.5], 150, high=100, digits=None), text("barras", 450, 240))
    leaves = tokens(list("abcd"), 600, 190, pitch=56)
    drawing.add(leaves, tree(leaves.parts, 116, marked=[(1, 0)]), text("árbol", 712, 240))
    drawing.add(experts([1, 3, 2], 850, 20, pitch=88, capacity=2), text("expertos, con tope", 980, 240))
    drawing.add(bits([1, 0, 1, 1], 20, 300), text("bits", 72, 360))
    drawing.add(ruler([-1, 0, 1], 190, 350, 220, points=[-0.8, 0.3, 0.77], to=[-1, 0, 1]), text("regla", 300, 400))
    for i, amount in enumerate((0.1, 0.4, 1.0)):
        drawing.add(noise(amount, 480 + 110 * i, 280, 96, 80))
    drawing.add(text("ruido", 640, 400))
    drawing.add(heat([[i * j % 7 for i in range(40)] for j in range(1, 4)], 20, 424, 390, 45))
    drawing.add(text("mapa de calor", 215, 488))
    blocks = residual([[Part("mixer", "atención", "attention")]], 820, 420, 300, lift=90)
    drawing.add(blocks.piece(), text("bloque y línea residual", 970, 460))
    return drawing


def crece(metrics):
    drawing = Drawing(420, title="Crece", alt="Una frase; sus claves; los arcos desde el hueco; y la palabra que sale.")
    row = tokens(SENTENCE, 120, 260, size=26)
    drawing.add(row)
    drawing.next_frame()
    drawing.add(chips(row.parts[:-1], "key", 322), chips(row.parts[-1:], "query", 322))
    drawing.next_frame()
    drawing.add(arcs(row.parts, 6, [0.04, 0.62, 0.02, 0.05, 0.02, 0.20], labels=[1], reach=180))
    drawing.next_frame()
    drawing.add(text("estaban", row.parts[-1].x + 30, 384, size=34, bold=True))
    return drawing


def cambia(metrics):
    drawing = Drawing(
        380, title="Cambia", alt="La caché crece token a token y el estado no: tres viñetas que se turnan.", strip=True
    )
    drawing.under(text("caché", 300, 40, bold=True), text("estado", 860, 40, bold=True))
    for number, (filled, values) in enumerate(
        ((2, [0.2, 0.1, 0]), (5, [0.5, 0.3, 0.2]), (8, [0.6, 0.9, 0.4])), start=1
    ):
        if number > 1:
            drawing.next_frame()
        drawing.add(cache(filled, 60, 110, places=8, slot=52))
        drawing.add(state(values, 740, 140, slot=60))
    return drawing
