"""The drawings of the deck on Mamba that no notebook makes: from what they measured, and from the library."""

from itertools import product

import torch

from coursekit import decoder
from coursekit.notebook.drawing import (
    IN,
    OUT,
    Box,
    Diagram,
    Drawing,
    Part,
    arch,
    arrow,
    bars,
    bits,
    check_flow,
    circle,
    gates,
    hatch,
    polyline,
    rectangle,
    residual,
    state,
    text,
    together,
    tokens,
    tree,
)
from coursekit.notebook.drawing.palette import fill
from coursekit.notebook.plotting import COLOUR, GREY
from coursekit.ssm import mamba as mamba_module
from coursekit.ssm.copier import ConstructedCopier
from coursekit.ssm.counting import positional_machine
from coursekit.ssm.lti_scan import lti_kernel
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.scan.associative_scans import blelloch, count_joins
from coursekit.tasks import SelectiveCopying

DICTATED = ["seis", "espera", "uno", "cuatro", "eh", "siete"]
NOISE = (1, 4)
DIGITS = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete"]
FIRST, SECOND = ["seis", "eh", "uno", "cuatro", "eh", "siete"], ["eh", "seis", "eh", "uno", "cuatro", "siete"]
STANDS = {"6147": "el número del ejemplo"}
INVENTED = {
    "portada": "emblema de la portada",
    "_read": "núcleo hecho para el primer dictado del ejemplo",
}
_VERMILION, _BLUE = COLOUR["mamba"], COLOUR["attention"]


def portada(metrics):
    drawing = Drawing(110, title="Portada", alt="Una fila de palabras que entra en una caja pequeña.", wide=960)
    row = tokens(DICTATED, 10, 55, size=30, faded=NOISE)
    box = state([0.6, 0.1, 0.4, 0.7], row.box.right + 80, 10, slot=36)
    drawing.add(row, arrow([(row.box.right + 10, 55), (box.box.left - 8, 55)], line=4, stroke=_VERMILION), box)
    return drawing


def dictado(metrics):
    drawing = Drawing(
        190, title="Dictado", alt="El dictado, palabra a palabra: cuatro cifras, y dos palabras de ruido en gris."
    )
    row = tokens(DICTATED, 132, 60, size=30, pitch=144, faded=NOISE)
    drawing.add(row)
    drawing.next_frame()
    digits = [part for i, part in enumerate(row.parts) if i not in NOISE]
    drawing.add(*(polyline([part.south, (part.x, 108), (564, 146)], line=2, stroke=GREY) for part in digits))
    drawing.add(text("6147", 564, 168, size=34, bold=True))
    return drawing


def arbol(metrics):
    joins, rounds = count_joins(blelloch, 8)
    drawing = Drawing(
        370,
        title="Árbol",
        alt="Arriba, una cadena con tanh, en la que cada paso espera al anterior. Debajo, ocho pasos lineales "
        "que se unen de dos en "
        "dos hasta la raíz, y la vuelta, que completa los estados que faltan.",
    )
    chain = [circle(150 + 82 * i, 24, 16, fill=fill("faded"), stroke=COLOUR["recurrent"], line=3) for i in range(8)]
    drawing.add(text("tanh", 20, 24, anchor="start", bold=True, colour=COLOUR["recurrent"]), *chain)
    links = [arrow([a.box.east, b.box.west], stroke=COLOUR["recurrent"]) for a, b in zip(chain, chain[1:])]
    drawing.add(*links, text("cada paso espera al anterior", 1110, 24, anchor="end", size=22, colour=GREY))
    drawing.next_frame()
    drawing.add(text("lineal", 20, 84, anchor="start", bold=True, colour=_VERMILION))
    rule = "(*a*, *x*) y luego (*a*′, *x*′) es otra pareja: (*a*′*a*, *a*′*x* + *x*′)"
    drawing.add(text(rule, 130, 84, anchor="start", size=26))
    drawing.next_frame()
    leaves = tokens([f"*h*_{{{i + 1}}}" for i in range(8)], 20, 296, pitch=92)
    drawing.add(tree(leaves.parts, 244, level=52, radius=15, architecture="mamba"), leaves)
    drawing.add(text("subida: se unen vecinos", 780, 170, anchor="start", size=22))
    drawing.next_frame()
    ready, later = [(3, 5)], [(1, 2), (3, 4), (5, 6)]
    for pairs, high, line in ((ready, -44, 5), (later, -28, 3)):
        drawing.add(*(arch(leaves.parts[a].south, leaves.parts[b].south, high, stroke=_VERMILION, line=line)
                      for a, b in pairs))  # fmt: skip
    drawing.add(text("vuelta: los que faltan", 780, 300, anchor="start", size=22))
    drawing.add(text(f"{joins} uniones, {rounds} rondas", 780, 236, anchor="start", size=30, bold=True))
    return drawing


def paso(metrics):
    slow, fast = lti_kernel(
        *(torch.tensor(x).double() for x in ([0.001, 0.1], [[-1.0]] * 2, [[1.0]] * 2, [[1.0]] * 2)), 1000
    )
    drawing = Drawing(
        392,
        title="Paso",
        alt="A la izquierda, una entrada continua y su escalera: el valor se mantiene durante un paso. A la "
        "derecha, lo que queda de "
        "un impulso: con el paso pequeño dura cientos de tokens; con el grande, se va enseguida.",
    )
    time = torch.linspace(0, 6.28, 200)
    curve = [(30 + 400 * t / 200, 120 - 70 * float(v)) for t, v in enumerate(time.sin())]
    stairs = []
    for i in range(10):
        level = curve[20 * i][1]
        stairs += [(30 + 40 * i, level), (70 + 40 * i, level)]
    drawing.add(polyline(curve, stroke=GREY, line=2.5, dashed=True), polyline(stairs, stroke=_VERMILION, line=4))
    drawing.add(text("se mantiene durante un paso Δ", 230, 226), *_span(110, 150, 254), text("Δ", 130, 284))
    drawing.add(text("*ā* = e^{ΔA}", 230, 360, size=34))
    drawing.next_frame()
    left, wide, foot, high = 540, 480, 340, 250
    drawing.add(polyline([(left, foot - high - 20), (left, foot), (left + wide + 60, foot)], stroke=GREY))
    drawing.add(text("tokens después", left + wide - 20, foot + 34, size=22, colour=GREY))
    drawing.add(text("lo que queda", left + 10, foot - high - 40, size=22, anchor="start", colour=GREY))
    drawing.add(polyline([(left, foot - high / 2), (left + wide, foot - high / 2)], stroke=GREY, line=1.5, dashed=True))
    for kernel, name, words, aside, lift in (
        (slow, "slow", "Δ pequeño", -8, 72),
        (fast, "fast", "Δ grande", 34, -46),
    ):
        kept = kernel / kernel[0]
        line = [(left + wide * i / 1000, foot - high * float(kept[i])) for i in [*range(60), *range(60, 1000, 10)]]
        x = left + wide * float(metrics[f"step/half-{name}"]) / 1000
        drawing.add(polyline(line, stroke=_VERMILION, line=4), circle(x, foot - high / 2, 8, fill=_VERMILION))
        told = text(f"{words}: semivida", x + aside, foot - high / 2 - lift, size=22, anchor="start")
        half = text(
            f"{metrics[f'step/half-{name}']}", x + aside, told.box.bottom + 24, size=22, anchor="start", bold=True
        )
        drawing.add(told, half)
    return drawing


def nucleo(metrics):
    weights = [float(word in DIGITS) for word in FIRST]  # the kernel that suits the first dictation
    drawing = Drawing(
        372,
        title="Núcleo",
        alt="El mismo núcleo sobre dos dictados. En el primero sus pesos caen en las cuatro cifras; en el "
        "segundo, que tiene otros "
        "huecos, dos de ellos caen en el ruido.",
    )
    drawing.add(_read(FIRST, weights, 134))
    drawing.next_frame()
    drawing.add(_read(SECOND, weights, 336))
    return drawing


def _read(words, weights, y):
    """A dictation under a kernel, and what the kernel reads of it."""
    noise = [i for i, word in enumerate(words) if word not in DIGITS]
    row = tokens(words, 4, y, pitch=106, faded=noise)
    read = [word for word, weight in zip(words, weights) if weight]
    kernel = bars(row.parts, weights, y - 38, high=64, digits=None, role="state", architecture="mamba")
    name = text("núcleo", 4, y - 122, anchor="start", size=22, colour=_VERMILION)
    rail = polyline([(row.parts[0].x - 44, y - 38), (row.parts[-1].x + 44, y - 38)], stroke=_VERMILION, line=3)
    result = tokens(read, 736, y, size=22, pitch=None, faded=[i for i, word in enumerate(read) if word not in DIGITS])
    told = [arrow([(660, y), (722, y)], line=4), text("lee", 690, y - 26, size=22), name]
    return together(rail, kernel, row, *told, result)


def compuerta(metrics):
    task = SelectiveCopying(symbols=8, length=6, items=4, noise=1)
    ids = [DIGITS.index(word) if word in DIGITS else task.symbols for word in FIRST] + [
        task.vocab_size - 1
    ] * task.items
    ids = torch.tensor([ids])
    opened = (ids[0, : task.length] < task.symbols).float().tolist()
    said = [DIGITS[i] for i in ConstructedCopier(task)(ids).argmax(-1)[0, task.length :].tolist()]
    drawing = Drawing(
        408,
        title="Compuerta",
        alt="La compuerta se abre en las cuatro cifras y se cierra en el ruido; cada cifra entra en su casilla "
        "del estado; después se "
        "leen en orden.",
    )
    row = tokens(FIRST, 110, 118, pitch=112, faded=[i for i, word in enumerate(FIRST) if word not in DIGITS])
    drawing.add(row, gates(row.parts, opened, 86, high=52, digits=0), text("Δ", 84, 60, size=30, bold=True))
    drawing.next_frame()
    kept = state([opened[0]] * task.items, 226, 190, slot=84)
    drawing.add(kept, text("*h*", 194, 262, size=30, bold=True))
    drawing.add(*(text(word, slot.x, slot.y, size=24, bold=True) for word, slot in zip(said, kept.parts)))
    drawing.next_frame()
    written = [part for part, gate in zip(row.parts, opened) if gate]
    drawing.add(*(arrow([a.south, b.north], stroke=GREY) for a, b in zip(written, kept.parts)))
    drawing.add(text("*B* elige casilla", 26, 172, anchor="start", size=22))
    answer = tokens(said, 232, 384, size=20, pitch=96)
    drawing.add(answer, *(arrow([a.south, b.north], stroke=GREY) for a, b in zip(kept.parts, answer.parts)))
    drawing.add(text("*C* la lee", 26, 348, anchor="start", size=22))
    drawing.next_frame()
    for name, words, y in (
        ("constructed", "cada token elige Δ", 90),
        ("constructed-fixed-step", "el mismo Δ para todos", 270),
    ):
        drawing.add(text(str(metrics[f"copy/{name}"]), 960, y, size=72, bold=True, colour=_VERMILION))
        drawing.add(text(words, 960, y + 60, size=24))
    return drawing


def bloques(metrics):
    drawing = Drawing(
        404,
        title="Bloques",
        alt="Arriba, el bloque del Transformer: atención y red, cada una con su norma y su suma a la línea. "
        "Abajo, el de Mamba: una sola "
        "rama; la convolución va al barrido y, por un ramal, a lo que elige el paso, B y C.",
    )
    size = decoder.DecoderConfig(8, width=16, layers=1, heads=2)
    x = torch.randn(1, 5, size.width)
    branches = [[Part("mixer_norm", "norma", wide=110), Part("mixer", "atención", "attention", wide=150)],
                [Part("ffn_norm", "norma", wide=110), Part("ffn", "red", wide=150)]]  # fmt: skip
    above = residual(branches, 20, 110, 1100, lift=66)
    check_flow(above, decoder.Decoder(size).blocks[0], x)
    drawing.add(above.piece(), text("Transformer", 20, 12, anchor="start", bold=True, colour=_BLUE))
    drawing.next_frame()
    below = _mamba_block()
    block = decoder.Decoder(size, mixer=Mamba, ffn=None).blocks[0]
    check_flow(
        below, block, x, functions={"conv": (mamba_module, "short_conv"), "scan": (mamba_module, "selective_scan")}
    )
    drawing.add(below.piece(), text("Mamba", 20, 170, anchor="start", bold=True, colour=_VERMILION))
    drawing.add(text("*z*", 540, 174, size=22), text("*u*", 590, 238, size=22), text("Δ, *B*, *C*", 712, 358, size=22))
    return drawing


def _mamba_block():
    """Mamba's block, each box a part of its `forward`."""
    diagram, line, row = Diagram(), 384, 252
    diagram.end(IN, 20, line)
    look = {"architecture": "mamba"}
    diagram.box("mixer_norm", "norma", 120, row, wide=100)
    diagram.box("mixer.in_proj", "proyección", 274, row, wide=136, **look)
    diagram.box("conv", "conv. corta,\nSiLU", 446, row, wide=136, high=70, **look)
    diagram.box("mixer.x_proj", "elige", 580, 336, wide=110, role="gate", **look)
    diagram.box("scan", "barrido *h*\n+ *D u*\n× SiLU(*z*)", 776, row, wide=190, high=104, role="state", **look)
    diagram.box("mixer.out_proj", "proyección", 978, row, wide=136, **look)
    diagram.knot("+", "+", 1075, line)
    diagram.arrow(IN, "mixer_norm", by=[(120, line)])
    for start, end in (
        ("mixer_norm", "mixer.in_proj"),
        ("mixer.in_proj", "conv"),
        ("conv", "scan"),
        ("scan", "mixer.out_proj"),
    ):
        diagram.arrow(start, end)
    diagram.arrow("conv", "mixer.x_proj", by=[(446, 336)])
    diagram.arrow("mixer.x_proj", "scan", by=[(776, 336)])
    diagram.arrow("mixer.in_proj", "scan", by=[(274, 188), (776, 188)])
    diagram.arrow("mixer.out_proj", "+", by=[(1075, row)])
    diagram.arrow(IN, "+", residual=True, bare=True)
    diagram.end(OUT, 1120, line)
    diagram.arrow("+", OUT, residual=True)
    return diagram


def palomar(metrics):
    remember, recite = positional_machine(2, 3, 2)
    texts = list(product(range(3), repeat=2))
    drawing = Drawing(
        386,
        title="Palomar",
        alt="Nueve textos de dos letras y cuatro cajas: solo cuatro textos se recitan bien. Al lado, lo que "
        "acierta una memoria de un bit "
        "por número y el máximo posible.",
    )
    right = [recite(remember(sequence)) == sequence for sequence in texts]
    pills = tokens(
        [_letters(t) for t in texts],
        20,
        28,
        pitch=64,
        size=24,
        marked=[i for i, r in enumerate(right) if r],
        architecture="mamba",
    )
    boxes = [Box(50 + 138 * i, 150, 96, 84) for i in range(4)]
    drawing.add(pills)
    drawing.add(*(rectangle(box, fill=fill("state"), stroke=_VERMILION, line=4, radius=10) for box in boxes))
    drawing.add(*(bits([i // 2, i % 2], box.x - 27, box.top + 30) for i, box in enumerate(boxes)))
    ends = [(pill, boxes[remember(sequence)]) for pill, sequence in zip(pills.parts, texts)]
    drawing.add(*(polyline([a.south, b.north], stroke=_VERMILION if good else GREY, line=4 if good else 2)
                  for (a, b), good in zip(ends, right)))  # fmt: skip
    drawing.add(
        *(text(f"recita «{_letters(recite(i))}»", box.x, box.bottom + 30, size=22) for i, box in enumerate(boxes))
    )
    drawing.add(text(f"{sum(right)} de {len(texts)} textos", 310, 326, size=34, bold=True))
    drawing.next_frame()
    shares = [metrics["memory/one-bit-4"], metrics["memory/bound-4"]]
    places = [Box(760, 0, 0, 0), Box(960, 0, 0, 0)]
    drawing.add(bars(places, shares, 230, high=180, digits=None, role="state", most=100))
    for place, share, words in zip(places, shares, ("memoria a mano", "máximo")):
        drawing.add(
            text(words, place.x, 258, size=22), text(str(share), place.x, 230 - 1.8 * share - 22, size=30, bold=True)
        )
    drawing.add(text("con un bit por número", 860, 286, size=22, colour=GREY))
    drawing.next_frame()
    room = f"pero {metrics['size/falcon-mamba-state']} darían para {metrics['size/falcon-mamba-tokens']}"
    drawing.add(text(room, 846, 336, size=24, bold=True), text("el límite es otro", 846, 368, size=22))
    return drawing


def _letters(sequence):
    return "".join("abc"[i] for i in sequence)


def pilas(metrics):
    drawing = Drawing(
        364,
        title="Pilas",
        wide=540,
        alt="Un trozo de cuatro pilas de capas: Jamba, una de atención por siete de Mamba; Zamba2, un bloque "
        "compartido entre las de "
        "Mamba; Falcon-H1, las dos a la vez; NVIDIA, pocas de atención.",
    )
    stacks = {
        "Jamba": "MRMRMRMRARMRMRMR",
        "Zamba2": "MMMMMMSTMMMMMMST",
        "Falcon-H1": "PRPRPRPR",
        "NVIDIA": "MRMRMRARMRMRMR",
    }
    for column, (name, layers) in enumerate(stacks.items()):
        x = 4 + 134 * column
        drawing.add(text(name, x + 62, 350, size=22, bold=True))
        for i, kind in enumerate(layers):
            drawing.add(_layer(kind, Box(x, 312 - 20.8 * i, 124, 18.5)))
    return drawing


def _layer(kind, box):
    """A layer of a stack: M a state, A attention, R a feed-forward; S and T those two, shared; P both mixers."""
    if kind == "P":
        half = box.wide / 2 - 2
        right = Box(box.right - half, box.top, half, box.high)
        return together(_layer("A", Box(box.left, box.top, half, box.high)), _layer("M", right))
    filled, stroke = {"M": ("state", _VERMILION), "R": ("block", GREY), "T": ("block", GREY)}.get(kind, ("key", _BLUE))
    ground = rectangle(box, fill=fill(filled), stroke="none", radius=4)
    lines = [hatch(box, stroke=GREY, line=1.6)] if kind in "ST" else []
    frame = rectangle(box, stroke=stroke, line=2.5, radius=4)
    return together(
        ground, *lines, frame, text({"S": "A", "T": "R"}.get(kind, kind), box.x, box.y, size=20.5, bold=True)
    )


def _span(left, right, y):
    return [
        polyline([(left, y), (right, y)], line=3),
        *(polyline([(x, y - 8), (x, y + 8)], line=3) for x in (left, right)),
    ]
