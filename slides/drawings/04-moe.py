"""The drawings of the deck on mixtures of experts that no notebook makes: eight tokens before eight windows."""

import torch

from coursekit.decoder import DecoderConfig
from coursekit.moe import layer, routers
from coursekit.moe.balance import expert_load, update_bias
from coursekit.moe.routing import route_expert_choice, route_sigmoid, route_top_k
from coursekit.notebook.drawing import (
    IN,
    OUT,
    Box,
    Diagram,
    Drawing,
    arrow,
    bars,
    check_flow,
    circle,
    experts,
    hatch,
    matrix,
    polyline,
    rectangle,
    text,
    together,
    tokens,
)
from coursekit.notebook.drawing.palette import PAPER, RESIDUAL, fill
from coursekit.notebook.plotting import COLOUR, GREY, INK

SENTENCE = ["Las", "llaves", "que", "guardaba", "el", "pescador", "estaban", "perdidas"]
ASKED = 1  # «llaves», whose way is followed
EIGHT = range(8)
NOBODY = [0 for _ in EIGHT]  # windows without their queues
ANSWERS = (("tiene 56", "usa 7"), ("tiene 56", "usa 14"), ("tiene 47", "usa 13"))
STANDS = {
    "tiene 56": "respuesta que la sala puede votar",
    "tiene 47": "respuesta que la sala puede votar",
    "tendría 56": "ocho por siete, lo que dice el nombre",
    "usa 7": "respuesta que la sala puede votar",
    "usa 14": "respuesta que la sala puede votar",
    "usa 13": "respuesta que la sala puede votar",
}
INVENTED = {
    "termostato": "enrutador de ejemplo, con preferencias puestas a mano",
    "causalidad": "notas de ejemplo, puestas a mano",
    "grupos": "notas de ejemplo, puestas a mano",
    "blanda": "pesos de ejemplo, al azar",
}
_GREEN = COLOUR["moe"]


def portada(metrics):
    drawing = Drawing(
        264, wide=940, title="Portada", alt="Ocho palabras de una frase ante ocho ventanillas numeradas, con sus colas."
    )
    row = tokens(SENTENCE, 14, 28, size=27)
    drawing.add(row, experts(_queues(metrics), 92, 76, pitch=96))
    return drawing


def _queues(metrics):
    return [int(metrics[f"phrase/queue-{i}"]) for i in EIGHT]


def manos(metrics):
    drawing = Drawing(230, wide=1060, title="Manos", alt="Tres respuestas para votar: cuántos tiene y cuántos usa.")
    for i, (has, uses) in enumerate(ANSWERS):
        drawing.add(_answer(i, has, uses, 176 + 354 * i, tall=206))
    return drawing


def _answer(number, has, uses, x, right=None, tall=146):
    """An answer to vote for, and whether it is right."""
    line, stroke = (6, _GREEN) if right else (2.5, GREY if right is False else INK)
    box = Box(x - 160, 12, 320, tall)
    card = rectangle(box, fill=PAPER if right is None else fill("expert" if right else "faded"), stroke=stroke,
                     line=line, radius=14)  # fmt: skip
    size = 40 if tall < 200 else 52
    lines = [text(words, x + 14, box.y + dy * size, size=size, bold=True) for words, dy in ((has, -0.64), (uses, 0.72))]
    letter = text("ABC"[number], box.left + 34, box.top + 34, size=28, bold=True, colour=GREY)
    return together(card, letter, *lines)


def barra(metrics):
    shared, expert = (float(metrics[f"count/mixtral-{name}"]) for name in ("shared", "expert"))
    total, active = metrics["count/mixtral-total"], metrics["count/mixtral-active"]
    scale = 1110 / (8 * (shared + expert))
    drawing = Drawing(
        412,
        title="La barra",
        alt="Arriba, ocho modelos enteros en fila. Debajo, lo que es Mixtral, casi a la misma escala: una sola "
        "atención y ocho redes; dos están encendidas.",
    )
    left = 6.0
    drawing.add(text("Lo que dice el nombre: ocho modelos de siete", 6, 18, anchor="start", size=24, bold=True))
    drawing.add(text("tendría 56", 1116, 18, anchor="end", size=30, bold=True, colour=GREY))
    for _ in EIGHT:
        drawing.add(*_attention(left, 44, shared * scale, 76), _network(left + shared * scale, 44, expert * scale, 76))
        left += (shared + expert) * scale
    drawing.next_frame()
    start, top, high = 6 + shared * scale, 206, 96
    row = [Box(start + i * expert * scale, top, expert * scale, high) for i in EIGHT]
    drawing.add(text("Lo que es: solo se replica la red", 6, 174, anchor="start", size=24, bold=True))
    drawing.add(*_attention(6, top, shared * scale, high), *(_network(b.left, top, b.wide, high) for b in row))
    drawing.add(*(text(str(i + 1), b.x, b.y, size=26, bold=True) for i, b in enumerate(row)))
    drawing.add(text(f"tiene {total}", row[-1].right, 174, anchor="end", size=30, bold=True))
    drawing.next_frame()
    lit = (2, 5)
    for i, box in enumerate(row):
        look = (
            {"fill": fill("expert"), "stroke": _GREEN, "line": 5}
            if i in lit
            else {"fill": fill("faded"), "stroke": GREY}
        )
        drawing.add(rectangle(box, **look))
        drawing.add(text(str(i + 1), box.x, box.y, size=26, bold=True, colour=INK if i in lit else GREY))
    drawing.add(*_attention(6, top, shared * scale, high))
    foot = top + high
    drawing.add(*(polyline([(x, foot + 8), (x, foot + 28), (row[2].x, foot + 28)], stroke=_GREEN, line=3)
                  for x in (6 + shared * scale / 2, row[5].x)))  # fmt: skip
    drawing.add(polyline([(row[2].x, foot + 8), (row[2].x, foot + 28)], stroke=_GREEN, line=3))
    drawing.add(text(f"por token usa {active}", row[2].x, foot + 58, size=30, bold=True, colour=_GREEN))
    drawing.add(text("rayado: incrustación y atención, que usan todos; encendidas, las dos redes del token", 6, 400,
                     anchor="start", size=24, colour=GREY))  # fmt: skip
    return drawing


def _attention(left, top, wide, high):
    box = Box(left, top, wide, high)
    return [
        rectangle(box, fill=fill("key"), stroke="none"),
        hatch(box),
        rectangle(box, stroke=COLOUR["attention"], line=3),
    ]


def _network(left, top, wide, high):
    return rectangle(Box(left, top, wide, high), fill=fill("expert"), stroke=_GREEN, line=3)


def reparto(metrics):
    scores = [metrics[f"phrase/score-{i}"] for i in EIGHT]
    weights, chosen = route_top_k(torch.tensor([[float(score) for score in scores]]), 2)
    chosen = chosen[0].tolist()
    shown = [metrics["phrase/weight-first"], metrics["phrase/weight-second"]]
    if not torch.allclose(weights[0], torch.tensor([float(weight) for weight in shown]), atol=0.03):
        raise ValueError(f"expected the softmax of the two best, {weights[0].tolist()}, got {shown}")
    drawing = Drawing(
        430,
        title="El reparto",
        alt="El token «llaves» recibe ocho notas; dos deciden sus expertos; el softmax de esas dos da los "
        "pesos de la suma. Al lado, los ocho tokens a la vez: unas colas son largas y otras no.",
    )
    unit = 46 / max(abs(float(score)) for score in scores)
    diagram, place = _layer()
    row = experts(NOBODY, place.left + 14, place.top + 17, pitch=66)
    pill = tokens([SENTENCE[ASKED]], 4, 40, size=26, marked=[0], architecture="moe")
    drawing.add(
        polyline([pill.parts[0].east, (126, 40)]),
        pill,
        diagram.piece(),
        row,
        *(_score(score, part.x, 168, unit) for score, part in zip(scores, row.parts)),
    )
    drawing.add(polyline([(place.left + 8, 168), (place.right - 8, 168)], stroke=GREY, line=1.5))
    drawing.next_frame()
    drawing.add(experts(NOBODY, place.left + 14, place.top + 17, pitch=66, chosen=chosen))
    drawing.add(*(_score(scores[i], row.parts[i].x, 168, unit, lit=True) for i in chosen))
    drawing.next_frame()
    for i, weight in zip(chosen, shown):
        x = row.parts[i].x
        drawing.add(text(str(weight), x, place.bottom + 24, size=26, bold=True, colour=_GREEN))
    drawing.next_frame()
    told = " + ".join(f"{weight} · *E*_{{{i + 1}}}(*x*)" for i, weight in zip(chosen, shown))
    drawing.add(text(told, place.x - 30, 400, anchor="end", size=26, bold=True))
    drawing.add(text("*y*", place.x + 132, 400, size=30, bold=True))
    drawing.next_frame()
    drawing.add(polyline([(744, 8), (744, 420)], stroke=GREY, line=1.5))
    drawing.add(text("los ocho tokens a la vez", 942, 20, size=24, bold=True))
    drawing.add(experts(_queues(metrics), 762, 52, pitch=46))
    drawing.add(text(f"la cola más larga: {metrics['phrase/longest']}", 942, 372, size=24))
    drawing.add(text(f"ventanillas vacías: {metrics['phrase/empty']}", 942, 408, size=24))
    return drawing


def _layer():
    """The layer's `forward` as boxes, checked against it; and where its experts stand."""
    diagram = Diagram()
    diagram.end(IN, 124, 40)
    diagram.box("notes", "ocho notas", 258, 40, wide=150)
    diagram.box("choose", "las dos mejores, softmax", 532, 40, wide=284)
    place = diagram.box("work", "", 428, 286, wide=560, high=96, architecture="moe")
    diagram.knot("+", "+", 428, 398)
    diagram.end(OUT, 536, 398)
    diagram.arrow(IN, "notes")
    diagram.arrow("notes", "choose")
    diagram.arrow("choose", "work", by=[(724, 40), (724, 286)])
    diagram.arrow(IN, "work", by=[(124, 286)])
    diagram.arrow("work", "+")
    diagram.arrow("+", OUT)
    size = DecoderConfig(8, width=16, layers=1, heads=2)
    functions = {
        "notes": (torch.nn.functional, "linear"),
        "choose": (routers, "route_top_k"),
        "work": (layer, "apply_experts"),
    }
    mixture = layer.MixtureOfExperts(size, experts=8, top_k=2).eval()
    check_flow(diagram, mixture, torch.randn(1, 5, size.width), functions=functions)
    return diagram, place


def _score(score, x, y, unit, lit=False):
    """A score as a bar up or down from the line at y, and its number."""
    tall = unit * float(score)
    box = Box(x - 15, min(y, y - tall), 30, abs(tall))
    look = {"fill": fill("gate"), "line": 3.5} if lit else {"fill": fill("faded"), "stroke": GREY}
    number = text(str(score), x, box.top - 16 if tall >= 0 else box.bottom + 16, size=23, bold=lit)
    return together(rectangle(box, **look), number)


def aforo(metrics):
    places = 2
    drawing = Drawing(
        372,
        wide=560,
        title="El aforo",
        alt="Las colas de los ocho tokens con dos plazas por ventanilla; quien no cabe pasa de largo por la "
        "línea residual.",
    )
    queues = _queues(metrics)
    drawing.add(text("dos plazas por ventanilla", 280, 18, size=24, bold=True))
    row = experts(queues, 14, 44, pitch=68, capacity=places)
    drawing.add(row)
    drawing.next_frame()
    late = [(part, waiting) for part, waiting in zip(row.parts, queues) if waiting > places]
    for part, waiting in late:
        drawing.add(arrow([(part.x, part.bottom + 26 + waiting * 28), (part.x, 322)], stroke=GREY))
    drawing.add(arrow([(4, 328), (552, 328)], line=RESIDUAL))
    drawing.add(text("línea residual: siguen sin ese experto", 280, 358, size=22))
    return drawing


def termostato(metrics):
    """A router with preferences of its own, and its bias after some steps; the counterexample beside it."""
    preference = torch.tensor([1.4, 0.2, -0.6, 1.0, -1.2, 0.4, -0.3, -0.9])
    noise = torch.randn(512, 8, generator=torch.Generator().manual_seed(0))
    bias, logits = torch.zeros(8), preference + noise
    before = expert_load(route_sigmoid(logits, 2, bias)[1], 8)
    for _ in range(400):
        update_bias(bias, expert_load(route_sigmoid(logits, 2, bias)[1], 8), 0.002)
    after = expert_load(route_sigmoid(logits, 2, bias)[1], 8)
    drawing = Drawing(
        412,
        title="El termostato",
        alt="Arriba, las cargas desiguales de ocho expertos. En medio, sus sesgos: hacia arriba el de los "
        "vacíos, hacia abajo el de los llenos. Abajo, las cargas ya iguales. Al lado, la pérdida auxiliar"
        " y su contraejemplo.",
    )
    windows = experts(NOBODY, 140, 8, pitch=68)
    most = float(before.max())
    drawing.add(windows, text("carga", 6, 134, anchor="start", size=24, bold=True))
    drawing.add(
        bars(windows.parts, before.tolist(), 172, high=84, digits=None, role="faded", architecture="moe", most=most)
    )
    drawing.next_frame()
    drawing.add(text("sesgo *b*", 6, 234, anchor="start", size=24, bold=True))
    drawing.add(polyline([(140, 234), (672, 234)], stroke=GREY, line=1.5))
    reach = float(bias.abs().max())
    for part, amount in zip(windows.parts, bias.tolist()):
        drawing.add(arrow([(part.x, 234), (part.x, 234 - 44 * amount / reach)], stroke=_GREEN, line=5))
    drawing.next_frame()
    drawing.add(
        text("carga", 6, 344, anchor="start", size=24, bold=True), text("después", 6, 372, anchor="start", size=22)
    )
    drawing.add(
        bars(windows.parts, after.tolist(), 384, high=84, digits=None, role="expert", architecture="moe", most=most)
    )
    drawing.next_frame()
    drawing.add(polyline([(706, 8), (706, 404)], stroke=GREY, line=1.5))
    drawing.add(text("elige con *s*_{i} + *b*_{i}", 724, 26, anchor="start", size=26, bold=True))
    drawing.add(text("pesa solo con *s*_{i}", 724, 66, anchor="start", size=26, bold=True))
    drawing.next_frame()
    part, wanted = [0.9, 0.1, 0.0], [0.306, 0.397, 0.297]
    if abs(3 * sum(f * p for f, p in zip(part, wanted)) - metrics["auxiliary/counterexample"]) > 0.0006:
        raise ValueError("expected the counterexample that the notebook counted")
    drawing.add(polyline([(724, 98), (1122, 98)], stroke=GREY, line=1.5))
    drawing.add(text("la pérdida, sin α: *E* Σ *f*_{i} *P*_{i}", 724, 126, anchor="start", size=26, bold=True))
    for name, values, foot in (("*f*", part, 236), ("*P*", wanted, 326)):
        places = [Box(810 + 104 * i, foot, 68, 0) for i in range(3)]
        drawing.add(text(name, 752, foot - 22, size=28, bold=True), polyline([(786, foot), (1110, foot)], stroke=GREY))
        drawing.add(bars(places, values, foot, high=46, digits=2, role="gate", most=1))
    worth, even = metrics["auxiliary/counterexample"], metrics["auxiliary/uniform"]
    drawing.add(text(f"vale {worth}", 724, 362, anchor="start", size=30, bold=True))
    drawing.add(text(f"repartida por igual, {even}: no es su mínimo", 724, 396, anchor="start", size=22))
    return drawing


def memoria(metrics):
    drawing = Drawing(
        404,
        title="La memoria",
        alt="A la izquierda, todos los expertos cargados aunque un token use dos. En medio, la parte de los "
        "pesos que se lee según los textos del lote: sube deprisa hasta casi todo. A la derecha, cuatro "
        "máquinas que se cruzan tokens.",
    )
    drawing.add(text("todos cargados", 130, 18, size=24, bold=True))
    for i in EIGHT:
        box = Box(16 + 116 * (i % 2), 46 + 68 * (i // 2), 104, 56)
        lit = i in (2, 5)
        drawing.add(
            rectangle(box, fill=fill("expert"), stroke=_GREEN if lit else GREY, line=6 if lit else 2.5, radius=8)
        )
        drawing.add(text(str(i + 1), box.x, box.y, size=26, bold=lit))
    drawing.add(text(f"{metrics['count/mixtral-memory']}", 130, 346, size=32, bold=True))
    drawing.add(text("para usar dos", 130, 384, size=22))
    drawing.next_frame()
    left, foot, wide, high, most = 350, 334, 360, 260, 64
    drawing.add(text("pesos de expertos leídos", 530, 18, size=24, bold=True))
    drawing.add(polyline([(left, foot - high - 14), (left, foot), (left + wide, foot)], stroke=GREY))
    line = [(left + wide * b / most, foot - high * (1 - (3 / 4) ** b)) for b in range(1, most + 1)]
    drawing.add(polyline(line, stroke=INK, line=3, dashed=True))
    for batch in (1, most):
        drawing.add(text(f"{batch}", left + wide * batch / most, foot + 24, size=22, colour=GREY))
    drawing.add(text("textos a la vez", left + wide / 2, foot + 24, size=22, colour=GREY))
    for batch in (1, 8, 17, 64):
        share = metrics[f"read/batch-{batch}"]
        drawing.add(circle(left + wide * batch / most, foot - high * share / 100, 6, fill=INK))
    for batch, dx, dy in ((1, 16, 4), (17, 6, 26)):
        share = metrics[f"read/batch-{batch}"]
        told = f"{metrics['read/texts-99']}: {share}" if batch == 17 else str(share)
        drawing.add(
            text(told, left + wide * batch / most + dx, foot - high * share / 100 + dy, anchor="start", size=22)
        )
    for batch in (8, 64):
        share = metrics[f"read/measured-{batch}"]
        drawing.add(circle(left + wide * batch / most, foot - high * share / 100, 8, fill=_GREEN, stroke=_GREEN))
        if batch == 8:
            place = (left + wide * batch / most + 16, foot - high * share / 100 + 12)
            drawing.add(text(str(share), *place, anchor="start", size=22, colour=_GREEN))
    drawing.add(text("a trazos, al azar", left + 200, foot - 116, size=22))
    drawing.add(text("en verde, medido", left + 200, foot - 82, size=22, colour=_GREEN))
    drawing.next_frame()
    drawing.add(text("cuatro máquinas", 944, 18, size=24, bold=True))
    tops = [Box(766 + 92 * i, 46, 86, 56) for i in range(4)]
    lows = [Box(766 + 92 * i, 246, 86, 56) for i in range(4)]
    for i, a in enumerate(tops):
        for j, b in enumerate(lows):
            drawing.add(
                polyline([a.south, b.north], stroke=GREY if i == j else _GREEN, line=2 if i == j else 3, dashed=i == j)
            )
    for i, (a, b) in enumerate(zip(tops, lows)):
        drawing.add(rectangle(a, fill=PAPER, radius=8), text("tokens", a.x, a.y, size=22))
        drawing.add(rectangle(b, fill=fill("expert"), stroke=_GREEN, line=3.5, radius=8))
        drawing.add(text(f"{2 * i + 1}, {2 * i + 2}", b.x, b.y, size=24, bold=True))
    drawing.add(text(f"{metrics['alltoall/kib']}", 944, 346, size=32, bold=True))
    drawing.add(text("por token y capa, ida y vuelta", 944, 384, size=22))
    return drawing


def regreso(metrics):
    drawing = Drawing(
        424,
        title="Regreso",
        alt="Las tres respuestas, con la tercera encendida; la barra de Mixtral, con su parte activa, y la de"
        " DeepSeek-V3, con la suya, que es menor.",
    )
    drawing.add(*(_answer(i, *ANSWERS[i], 200 + 364 * i, right=i == 2) for i in range(3)))
    for i, (name, model) in enumerate((("Mixtral", "mixtral"), ("DeepSeek-V3", "deepseek"))):
        total, active, share = (metrics[f"count/{model}-{what}"] for what in ("total", "active", "share"))
        drawing.next_frame()
        top = 224 + 108 * i
        drawing.add(text(f"{name}: {total}", 6, top - 20, anchor="start", size=24, bold=True))
        whole = Box(6, top, 1116, 52)
        lit = Box(6, top, 1116 * share / 100, 52)
        drawing.add(
            rectangle(whole, fill=fill("faded"), stroke=GREY),
            rectangle(lit, fill=fill("expert"), stroke=_GREEN, line=5),
        )
        drawing.add(
            text(f"usa {active}: {share}", lit.right + 18, whole.y, anchor="start", size=28, bold=True, colour=_GREEN)
        )
    return drawing


def causalidad(metrics):
    """One expert that chooses its two tokens, before and after two more are read."""
    likes = [0.2, 1.4, -0.5, 0.9, -0.3, 1.8]
    drawing = Drawing(
        400,
        wide=640,
        title="La elección del experto",
        alt="Un experto elige sus dos tokens de cuatro. Al leer dos más, elige otra vez, y un token anterior "
        "pierde su sitio.",
    )
    for number, (count, y, words) in enumerate(((4, 150, "leídos cuatro"), (6, 350, "leídos seis"))):
        if number:
            drawing.next_frame()
        logits = torch.tensor([[like, 0.0] for like in likes[:count]])
        weights, indices = route_expert_choice(logits, 2)
        chosen = [i for i in range(count) if indices[i, 0] == 0]
        row = tokens(SENTENCE[:count], 4, y, size=21, marked=chosen, pitch=None, architecture="moe")
        affinity = logits.softmax(-1)[:, 0].tolist()
        drawing.add(row, bars(row.parts, affinity, y - 32, high=76, digits=None, most=1, architecture="moe"))
        drawing.add(text(words, 4, y - 124, anchor="start", size=24, bold=True))
    return drawing


def grupos(metrics):
    """A token that may visit two of four machines: the best experts of these, not of all."""
    scores = torch.tensor([[1.6, -0.2, 0.9, 0.8, -0.6, 0.1, 1.2, -1.0]])
    drawing = Drawing(
        250,
        title="Los grupos",
        alt="Ocho expertos en cuatro máquinas. Sin límite, los tres elegidos están en tres máquinas; con un "
        "máximo de dos máquinas, el tercero es de una de ellas.",
    )
    chosen = route_sigmoid(scores, 3, groups=4, kept_groups=2)[1][0].tolist()
    free = route_sigmoid(scores, 3)[1][0].tolist()
    for x, words, lit in ((6, "sin grupos", free), (586, "dos máquinas como mucho", chosen)):
        drawing.add(text(words, x, 18, anchor="start", size=24, bold=True))
        row = experts(NOBODY, x + 8, 130, pitch=66, chosen=lit)
        drawing.add(
            bars(row.parts, scores.sigmoid()[0].tolist(), 118, high=76, digits=None, most=1, architecture="moe")
        )
        drawing.add(
            row, *(rectangle(Box(x + 132 * i, 34, 126, 174), stroke=GREY, dashed=True, radius=10) for i in range(4))
        )
        visited = len({i // 2 for i in lit})
        drawing.add(text(f"máquinas que visita: {visited}", x, 234, anchor="start", size=22))
        if x == 6:
            drawing.next_frame()
    return drawing


def finos(metrics):
    """The same work in two ways: two wide experts of eight; eight thin ones of thirty-two, two of them shared."""
    drawing = Drawing(
        260,
        title="Expertos finos",
        alt="Arriba, ocho expertos anchos y dos encendidos. Debajo, el mismo ancho partido en muchos finos: "
        "ocho encendidos, dos de ellos siempre, los compartidos.",
    )
    drawing.add(text("ocho anchos, dos encendidos", 6, 18, anchor="start", size=24, bold=True))
    drawing.add(*(_expert(Box(6 + 140 * i, 40, 132, 64), i in (2, 5)) for i in EIGHT))
    drawing.next_frame()
    lit = (5, 9, 14, 18, 23, 30)
    drawing.add(text("partidos en finos, igual de ancho encendido", 6, 150, anchor="start", size=24, bold=True))
    thin = [Box(6 + 35 * i, 172, 29, 64) for i in range(32)]
    drawing.add(*(_expert(box, i in lit or i < 2) for i, box in enumerate(thin)))
    drawing.next_frame()
    drawing.add(*(hatch(box, stroke=_GREEN, line=1.6) for box in thin[:2]))
    drawing.add(text("rayados, los compartidos: siempre encendidos", 1122, 150, anchor="end", size=23, colour=_GREEN))
    return drawing


def _expert(box, lit):
    look = {"fill": fill("expert"), "stroke": _GREEN, "line": 4} if lit else {"fill": fill("faded"), "stroke": GREY}
    return rectangle(box, radius=6, **look)


def blanda(metrics):
    """Slots as weighted means of all tokens: the weights are a softmax over the tokens."""
    scores = torch.randn(8, 4, generator=torch.Generator().manual_seed(0)) * 1.5
    drawing = Drawing(
        430,
        wide=480,
        title="La mezcla blanda",
        alt="Ocho tokens en filas y cuatro ventanillas en columnas; cada columna es una media de todos los "
        "tokens, con unos pesos más oscuros que otros.",
    )
    grid = matrix(scores.softmax(0).tolist(), 150, 92, cell=38)
    row = [Box(150 + 38 * j, 20, 38, 0) for j in range(4)]
    drawing.add(grid, *(text(word, 138, 111 + 38 * i, size=22, anchor="end") for i, word in enumerate(SENTENCE)))
    drawing.add(*(_expert(Box(box.left + 4, 20, 30, 46), True) for box in row))
    drawing.add(*(text(str(j + 1), box.x, 43, size=21, bold=True) for j, box in enumerate(row)))
    drawing.add(text("cada columna,", 330, 220, anchor="start", size=22))
    drawing.add(text("una media", 330, 252, anchor="start", size=22))
    return drawing


def no_es(metrics):
    """Three ways to use several networks: by token and layer, by vote, one model after another."""
    drawing = Drawing(
        424,
        title="Lo que no es",
        alt="Tres esquemas. Mezcla: en cada capa, el token pasa por dos de cuatro redes. Voto: tres modelos "
        "enteros trabajan todos. Cascada: primero un modelo pequeño y, si duda, uno grande.",
    )
    drawing.add(text("mezcla de expertos", 170, 18, size=24, bold=True, colour=_GREEN))
    lit = ((0, 2), (1, 2), (1, 3))
    for level, chosen in enumerate(lit):
        boxes = [Box(26 + 76 * i, 300 - 104 * level, 62, 52) for i in range(4)]
        drawing.add(*(_expert(box, i in chosen) for i, box in enumerate(boxes)))
        for i in chosen:
            drawing.add(arrow([(170, boxes[i].bottom + 30), boxes[i].south], stroke=_GREEN))
            drawing.add(polyline([boxes[i].north, (170, boxes[i].top - 22)], stroke=_GREEN))
    drawing.add(text("redes, por token y por capa", 170, 408, size=22))
    drawing.next_frame()
    drawing.add(polyline([(350, 8), (350, 416)], stroke=GREY, line=1.5), text("voto", 552, 18, size=24, bold=True))
    for i in range(3):
        box = Box(390 + 112 * i, 130, 100, 170)
        drawing.add(rectangle(box, fill=fill("block"), line=3.5, radius=10), text("modelo", box.x, box.y, size=22))
        drawing.add(arrow([(552, 352), box.south]), arrow([box.north, (552, 64)]))
    drawing.add(text("trabajan todos enteros", 552, 408, size=22))
    drawing.next_frame()
    drawing.add(polyline([(756, 8), (756, 416)], stroke=GREY, line=1.5), text("cascada", 942, 18, size=24, bold=True))
    small, large = Box(786, 190, 100, 90), Box(968, 110, 150, 170)
    for box, words in ((small, "pequeño"), (large, "grande")):
        drawing.add(rectangle(box, fill=fill("block"), line=3.5, radius=10), text(words, box.x, box.y, size=22))
    drawing.add(arrow([(small.x, 352), small.south]), arrow([small.north, (small.x, 64)]))
    drawing.add(arrow([small.east, (large.left, small.y)]), text("¿duda?", 926, small.y - 22, size=22))
    drawing.add(arrow([large.north, (large.x, 64)]))
    drawing.add(text("un modelo, por pregunta", 942, 408, size=22))
    return drawing


def frase_expertos(metrics):
    """Which two experts each token chooses, in both layers; the first of the two is filled."""
    drawing = Drawing(
        356,
        wide=540,
        title="La frase y sus expertos",
        alt="Los ocho tokens de la frase, en filas; a su derecha, los dos expertos que cada uno elige en la "
        "capa de abajo y en la de arriba.",
    )
    drawing.add(text("capa de abajo", 250, 16, size=23, bold=True), text("capa de arriba", 446, 16, size=23, bold=True))
    for i, word in enumerate(SENTENCE):
        y = 54 + 40 * i
        drawing.add(text(word, 142, y, size=24, anchor="end"))
        for level, x in ((1, 250), (2, 446)):
            for which, dx in (("first", -32), ("second", 32)):
                number = metrics[f"phrase/layer{level}-{which}-{i}"]
                box = Box(x + dx - 26, y - 17, 52, 34)
                lit = which == "first"
                drawing.add(_expert(box, lit), text(str(number), box.x, box.y, size=23, bold=lit))
    return drawing


def sin_uno(metrics):
    """What it costs to take an expert out, balanced and not: the mean of the eight, and the dearest."""
    drawing = Drawing(
        380,
        title="Sin un experto",
        alt="Una ventanilla tachada, y las demás abiertas. Al lado, lo que sube el exceso al cerrarla, de "
        "media y en el peor caso: en el modelo equilibrado, menos que en el que no lo está.",
    )
    row = [Box(6 + 60 * i, 110, 52, 62) for i in EIGHT]
    drawing.add(*(_expert(box, i != 3) for i, box in enumerate(row)))
    drawing.add(*(text(str(i + 1), box.x, box.y, size=24, bold=True) for i, box in enumerate(row)))
    drawing.add(polyline([(row[3].left - 8, row[3].bottom + 8), (row[3].right + 8, row[3].top - 8)], line=5))
    drawing.add(text("se cierra una ventanilla", 246, 212, size=24))
    groups = (("equilibrado", "", 640), ("sin equilibrar", "none-", 900))
    top = max(metrics["drop/worst"], metrics["drop/none-worst"])
    for words, which, x in groups:
        values = [metrics[f"drop/{which}{kind}"] for kind in ("mean", "worst")]
        places = [Box(x + 44 + 96 * i, 0, 0, 0) for i in range(2)]
        drawing.next_frame()
        drawing.add(bars(places, values, 300, high=220, digits=None, role="expert", architecture="moe", most=top))
        for place, value, kind in zip(places, values, ("media", "peor")):
            drawing.add(text(str(value), place.x, 300 - 220 * value / top - 20, size=24, bold=True))
            drawing.add(text(kind, place.x, 324, size=22))
        drawing.add(text(words, x + 92, 360, size=24, bold=True))
    return drawing
