"""The drawings of module 01: a sentence with a gap, and what each idea does with it."""

from coursekit.notebook.drawing import (
    Box,
    Drawing,
    arch,
    arrow,
    bars,
    circle,
    gates,
    polyline,
    rectangle,
    text,
    tokens,
)
from coursekit.notebook.drawing.palette import fill, outline
from coursekit.notebook.plotting import GREY, INK

SENTENCE = ["Las", "llaves", "que", "guardaba", "el", "pescador", None, "perdidas"]
SUBJECT, GAP = 1, 6
INVENTED = {"carril": "compuertas de ejemplo, abiertas o cerradas del todo"}


def portada(metrics):
    drawing = Drawing(
        110, title="La frase", alt="Ocho palabras: las llaves que guardaba el pescador, un hueco, perdidas."
    )
    drawing.add(tokens(SENTENCE, 70, 55, size=32, marked=[GAP]))
    return drawing


def vecinas(metrics):
    """A word is frequent in one place, another in many: times and neighbours, side by side."""
    drawing = Drawing(
        330,
        title="Veces y vecinas",
        alt="Dos palabras con sus veces: «vez» sale más que «rojo»; pero «vez» sigue a muy pocas "
        "palabras distintas y «rojo», "
        "a más.",
    )
    left = tokens(["vez", "rojo"], 120, 298, size=30, pitch=210)
    times = [metrics["smoothing/vez-count"], metrics["smoothing/rojo-count"]]
    drawing.add(text("veces que salen", 300, 28, size=28, bold=True))
    drawing.add(left, bars(left.parts, times, 264, high=160, digits=0, role="faded", architecture="ngram"))
    drawing.next_frame()
    right = tokens(["vez", "rojo"], 680, 298, size=30, pitch=210)
    places = [metrics["smoothing/vez-places"], metrics["smoothing/rojo-places"]]
    drawing.add(text("palabras distintas que las preceden", 850, 28, size=28, bold=True))
    drawing.add(right, bars(right.parts, places, 264, high=160, digits=0, role="key", architecture="ngram"))
    return drawing


def vuelve(metrics):
    """A name returns after the window has gone past it."""
    drawing = Drawing(
        330,
        title="Un nombre vuelve",
        alt="Un nombre sale al principio de la historia y vuelve mucho después; la ventana de cuatro "
        "palabras del n-grama ya no lo ve.",
    )
    first = tokens(["su", "primo", "Diego", "le", "regaló"], 30, 210, size=24, marked=[2], architecture="ngram")
    drawing.add(first, text("…", 535, 210, size=34))
    last = tokens(["desde", "entonces", "siempre", "sueña", None], 590, 210, size=22)
    drawing.add(last)
    drawing.next_frame()
    window = Box(last.parts[0].left - 8, 166, last.parts[3].right - last.parts[0].left + 16, 88)
    drawing.add(rectangle(window, stroke=outline("ngram"), line=5, radius=12, dashed=True))
    drawing.add(text("lo que ve el n-grama", window.x, 284, size=24, colour=outline("ngram"), bold=True))
    drawing.next_frame()
    start, end = first.parts[2].north, last.parts[4].north
    drawing.add(arch(end, start, 110, stroke=INK, line=3), text("vuelve «Diego»", 640, 40, size=26, bold=True))
    return drawing


def caminos(metrics):
    """Three ways to bring «llaves» to the gap, over the same tokens."""
    drawing = Drawing(
        345,
        title="Tres caminos",
        alt="De «llaves» al hueco: por capas de convolución se sube y se avanza de dos en dos; por "
        "recurrencia se pasa por cada palabra; con "
        "atención hay un solo arco.",
    )
    rows = [tokens(SENTENCE[:7], 250, y, size=22, marked=[SUBJECT, GAP]) for y in (98, 206, 316)]
    names = ("convolución", "recurrencia", "atención")
    colours = (GREY, outline("recurrent"), outline("attention"))
    for row, name, colour in zip(rows, names, colours):
        drawing.add(row, text(name, 110, row.box.y, size=26, bold=True, colour=colour))
    drawing.next_frame()
    at, up = rows[0].parts[SUBJECT].north, 0
    for place in (3, 5, GAP):
        up += 20
        there = rows[0].parts[place].x, rows[0].box.top - up
        drawing.add(
            polyline([at, there], stroke=colours[0], line=5), circle(*there, 8, fill=colours[0], stroke=colours[0])
        )
        at = there
    drawing.add(text(f"{metrics['path/convolution']}", 1050, 98, size=28, bold=True, colour=colours[0]))
    drawing.next_frame()
    for here, there in zip(rows[1].parts[SUBJECT:GAP], rows[1].parts[SUBJECT + 1 : GAP + 1]):
        drawing.add(arch(here.north, there.north, 30, stroke=colours[1], line=5))
    drawing.add(text(f"{metrics['path/recurrence']}", 1050, 206, size=28, bold=True, colour=colours[1]))
    drawing.next_frame()
    drawing.add(arch(rows[2].parts[GAP].north, rows[2].parts[SUBJECT].north, 48, stroke=colours[2], line=5))
    drawing.add(text(f"{metrics['path/attention']}", 1050, 316, size=28, bold=True, colour=colours[2]))
    return drawing


def carril(metrics):
    """A tape that is wiped at each word; a lane that only adds; a gate that lets it forget."""
    drawing = Drawing(
        395,
        title="El carril",
        alt="Tres carriles: el de la red simple se borra en cada paso; el de la LSTM de 1997 solo "
        "suma, con dos compuertas; el de 2000 tiene "
        "además una compuerta que lo vacía en el punto.",
    )
    words = ["llaves", "que", "guardaba", "el", "pescador", "."]
    row = tokens(words, 330, 28, size=22, pitch=132)
    drawing.add(row, text("red simple", 120, 92, size=26, bold=True, colour=outline("recurrent")))
    for i, (here, there) in enumerate(zip(row.parts, row.parts[1:])):
        drawing.add(polyline([(here.x, 92), (there.x, 92)], stroke=outline("recurrent"), line=max(1, 12 / 2**i)))
    drawing.next_frame()
    drawing.add(text("LSTM, 1997", 120, 208, size=26, bold=True, colour=outline("recurrent")))
    drawing.add(arrow([(row.parts[0].x, 208), (row.parts[-1].x, 208)], stroke=outline("recurrent"), line=12))
    drawing.add(gates(row.parts, [1, 0, 0, 0, 0, 0], 190, high=50), text("entrada", 120, 168, size=22, colour=GREY))
    drawing.next_frame()
    drawing.add(text("LSTM, 2000", 120, 330, size=26, bold=True, colour=outline("recurrent")))
    drawing.add(polyline([(row.parts[0].x, 330), (row.parts[-1].x - 20, 330)], stroke=outline("recurrent"), line=12))
    drawing.add(gates(row.parts, [1, 1, 1, 1, 1, 0], 312, high=50), text("olvido", 120, 290, size=22, colour=GREY))
    drawing.add(text("en el punto se cierra: el estado se vacía", row.parts[3].x, 372, size=24))
    return drawing


def embudo(metrics):
    """All of a sentence through one vector; then, a thread to every word."""
    drawing = Drawing(
        365,
        title="El embudo",
        alt="Arriba, las palabras de la frase pasan por un único vector y de él salen las de la "
        "traducción; después, cada palabra que se "
        "escribe tiende hilos a todas las leídas.",
    )
    read = tokens(["las", "llaves", "del", "pescador"], 300, 36, size=26)
    said = tokens(["the", "keys", "of", None], 330, 326, size=26)
    box = Box(500, 136, 90, 90)
    drawing.add(
        read, said, text("se lee", 190, 36, size=24, colour=GREY), text("se escribe", 190, 326, size=24, colour=GREY)
    )
    drawing.add(rectangle(box, fill=fill("state"), stroke=outline("recurrent"), line=5, radius=10))
    for part in read.parts:
        drawing.add(polyline([part.south, box.north], stroke=outline("recurrent"), line=3))
    for part in said.parts:
        drawing.add(polyline([box.south, part.north], stroke=outline("recurrent"), line=3))
    drawing.add(text("un vector", 400, box.y, size=24, bold=True, colour=outline("recurrent")))
    drawing.next_frame()
    gap = said.parts[3]
    for i, part in enumerate(read.parts):
        bend = 660 + 40 * i, box.y
        drawing.add(polyline([part.south, bend, gap.east], stroke=outline("attention"), line=8 if i == 3 else 2.5))
    drawing.add(text("atención: un hilo", 960, 150, size=26, bold=True, colour=outline("attention")))
    drawing.add(text("a cada palabra leída", 960, 186, size=26, bold=True, colour=outline("attention")))
    return drawing
