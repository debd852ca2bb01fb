"""The drawings of the deck on the Transformer that need no array: the sentence, two models to scale, the cache."""

from coursekit.notebook.drawing import Box, Drawing, arrow, cache, circle, hatch, polyline, rectangle, text, tokens
from coursekit.notebook.drawing.letters import width
from coursekit.notebook.drawing.palette import fill
from coursekit.notebook.plotting import BLUE, GREY, INK

SENTENCE = ["Las", "llaves", "que", "guardaba", "el", "pescador"]


def portada(metrics):
    drawing = Drawing(90, title="La frase", alt="La frase en ocho tokens: el séptimo, el verbo, está por adivinar.")
    drawing.add(tokens([*SENTENCE, None, "perdidas"], 6, 45, size=31))
    return drawing


def pregunta(metrics):
    drawing = Drawing(
        240,
        title="¿Estaba o estaban?",
        alt="La frase hasta el hueco del verbo; el sustantivo más cercano, «pescador», va en gris. Debajo, «estaba» "
        "y «estaban».",
    )
    row = tokens([*SENTENCE, None], 6, 50, size=36, faded=[5])
    gap = row.parts[-1]
    drawing.add(row)
    for word, x in (("¿estaba?", 420), ("¿estaban?", 760)):
        pill = tokens([word], x - width(word, 40) / 2, 196, size=40)
        drawing.add(pill, arrow([(gap.x, 78), (pill.parts[0].x, 166)], stroke=GREY, line=2.5))
    return drawing


def parametros(metrics):
    drawing = Drawing(
        400,
        title="Dónde están los parámetros",
        alt="Dos barras del mismo largo, una por modelo. En Mistral 7B casi todo es red prealimentada y la "
        "incrustación apenas se ve; en SmolLM2, la incrustación ocupa un trozo parecido al de la atención.",
    )
    models = (
        ("Mistral 7B", metrics["skeleton/mistral"], "bloque/mistral-{}", ("embedding", "attention", "ffn")),
        ("SmolLM2", metrics["real/parameters"], "real/{}-share", ("embedding", "attention", "ffn")),
    )
    for i, (name, total, metric, parts) in enumerate(models):
        top, left = 40 + 190 * i, 6.0
        drawing.add(text(name, 6, top - 16, anchor="start", size=26, bold=True))
        drawing.add(text(f"{total} de parámetros" if i == 0 else f"{total} parámetros", 1122, top - 16, anchor="end"))
        for part in parts:
            share = metrics[metric.format(part)]
            box = Box(left, top + 6, 1116 * share / 100, 92)
            look = {
                "embedding": (fill("faded"), GREY),
                "attention": (fill("key"), BLUE),
                "ffn": (fill("block"), INK),
            }
            drawing.add(rectangle(box, fill=look[part][0], stroke=look[part][1], line=4))
            if part == "embedding":
                drawing.add(hatch(box))
            label = str(share)
            if box.wide > width(label, 34, bold=True) + 16:
                room = width(label, 34, bold=True) + 20
                drawing.add(
                    rectangle(Box(box.x - room / 2, box.y - 22, room, 44), fill=look[part][0], stroke="none", radius=8)
                )
                drawing.add(text(label, box.x, box.y, size=34, bold=True))
            else:
                drawing.add(text(label, box.x + 4, box.bottom + 22, size=24))
            left = box.right
    for x, name, role, line in (
        (40, "incrustación", "faded", GREY),
        (390, "atención", "key", BLUE),
        (690, "red prealimentada", "block", INK),
    ):
        sample = Box(x, 362, 34, 26)
        drawing.add(
            rectangle(sample, fill=fill(role), stroke=line, line=3), text(name, x + 46, 375, anchor="start", size=24)
        )
        if role == "faded":
            drawing.add(hatch(sample))
    return drawing


def la_cache(metrics):
    drawing = Drawing(
        446,
        title="La caché",
        alt="Al leer, todos los tokens a la vez; al escribir, de uno en uno, y cada uno deja una clave y un valor en "
        "la estantería. En SmolLM2 nueve cabezas de consulta comparten tres de clave y valor. Debajo, lo que guarda "
        "Mistral 7B según la variante.",
    )
    row = tokens([*SENTENCE, "estaban"], 6, 84, size=24, marked=[6], architecture="attention")
    reading = Box(0, 54, row.parts[5].right + 6, 60)
    drawing.add(rectangle(reading, stroke=GREY, line=2.5, radius=12, dashed=True), row)
    drawing.add(text("leer: todos a la vez", 6, 24, anchor="start", size=22, bold=True))
    drawing.add(text("escribir: de uno en uno", row.parts[6].right, 24, anchor="end", size=22, bold=True))
    drawing.next_frame()
    drawing.add(cache(7, 40, 150, places=9, slot=46))
    drawing.add(arrow([(row.parts[6].x, 110), (row.parts[6].x, 134), (400, 134), (400, 148)], stroke=GREY, line=2.5))
    drawing.add(text(f"{metrics['real/cache-kib']} por token, en SmolLM2", 40, 312, anchor="start", size=24, bold=True))
    drawing.next_frame()
    keys = [Box(650 + 164 * g, 234, 100, 44) for g in range(3)]
    for box in keys:
        drawing.add(
            rectangle(box, fill=fill("key"), stroke=BLUE, line=3.5, radius=6),
            text("K, V", box.x, box.y, size=22, bold=True),
        )
        for q in range(3):
            x = box.x + 52 * (q - 1)
            drawing.add(
                polyline([(x, 190), (box.x, 234)], stroke=BLUE, line=2.5),
                circle(x, 172, 20, fill=fill("query"), line=2.5),
            )
            drawing.add(text("Q", x, 172, size=22, bold=True))
    drawing.add(text("cada K, V sirve a tres Q (GQA)", 864, 312, size=22))
    drawing.next_frame()
    drawing.add(text("Mistral 7B, por token, si fuera…", 6, 358, anchor="start", size=22, bold=True))
    for i, (name, metric) in enumerate((("MHA", "mha"), ("GQA (lo es)", "gqa"), ("MLA", "mla"), ("MQA", "mqa"))):
        x, size = 6 + 284 * i, metrics[f"cache/{metric}-kib"]
        drawing.add(text(f"{name}: {size}", x, 400, anchor="start", size=22))
        drawing.add(
            rectangle(Box(x, 418, 262 * size / metrics["cache/mha-kib"], 20), fill=fill("key"), stroke=BLUE, line=2.5)
        )
    return drawing
