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
from coursekit.notebook.drawing.palette import PAPER, fill
from coursekit.notebook.plotting import COLOUR, GREY
from coursekit.ssm import mamba as mamba_module
from coursekit.ssm.counting import positional_machine
from coursekit.ssm.copier import ConstructedCopier
from coursekit.ssm.lti_scan import lti_kernel
from coursekit.ssm.mamba import Mamba
from coursekit.ssm.scan.associative_scans import blelloch, count_joins
from coursekit.tasks import SelectiveCopying

DICTATED = ["seis", "espera", "uno", "cuatro", "eh", "siete"]
NOISE = (1, 4)
FIRST, SECOND = "6 eh 1 4 eh 7", "eh 6 eh 1 4 7"
STANDS = {
    "6 eh 1 4 eh 7": "el dictado del ejemplo",
    "eh 6 eh 1 4 7": "el dictado del ejemplo, con otros huecos",
    "6147": "el número del ejemplo",
}
INVENTED = {"portada": "emblema de la portada"}
_VERMILION, _BLUE = COLOUR["mamba"], COLOUR["attention"]


def portada(metrics):
    drawing = Drawing(130, title="Portada", alt="Una fila de palabras que entra en una caja pequeña.", wide=1000)
    row = tokens(DICTATED, 10, 66, faded=NOISE)
    box = state([0.6, 0.1, 0.4, 0.7], row.box.right + 90, 22, slot=32)
    drawing.add(row, arrow([(row.box.right + 12, 66), (box.box.left - 10, 66)], line=4, stroke=_VERMILION), box)
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
        500,
        title="Árbol",
        alt="Arriba, una cadena con tanh, en la que cada paso espera al anterior. Debajo, ocho pasos lineales que se unen de dos en "
        "dos hasta la raíz, y la vuelta, que completa los estados que faltan.",
    )
    chain = [circle(170 + 112 * i, 46, 18, fill=fill("faded"), stroke=COLOUR["recurrent"], line=3) for i in range(8)]
    drawing.add(text("tanh", 20, 46, anchor="start", bold=True, colour=COLOUR["recurrent"]), *chain)
    links = [arrow([a.box.east, b.box.west], stroke=COLOUR["recurrent"]) for a, b in zip(chain, chain[1:])]
    drawing.add(*links, text("cada paso espera al anterior", 1110, 92, anchor="end", size=22, colour=GREY))
    drawing.next_frame()
    drawing.add(text("lineal", 20, 132, anchor="start", bold=True, colour=_VERMILION))
    rule = "(*a*, *x*) y luego (*a*′, *x*′) es otra pareja: (*a*′*a*, *a*′*x* + *x*′)"
    drawing.add(text(rule, 130, 132, anchor="start", size=26))
    drawing.next_frame()
    leaves = tokens([f"*h*_{{{i + 1}}}" for i in range(8)], 20, 408, pitch=92)
    drawing.add(tree(leaves.parts, 340, level=64, radius=17, architecture="mamba"), leaves)
    drawing.add(text("subida: se unen vecinos", 780, 250, anchor="start", size=22))
    drawing.next_frame()
    ready, later = [(3, 5)], [(1, 2), (3, 4), (5, 6)]
    for pairs, high, line in ((ready, -60, 5), (later, -36, 3)):
        drawing.add(*(arch(leaves.parts[a].south, leaves.parts[b].south, high, stroke=_VERMILION, line=line)
                      for a, b in pairs))  # fmt: skip
    drawing.add(text("vuelta: los que faltan", 780, 440, anchor="start", size=22))
    drawing.add(text(f"{joins} uniones, {rounds} rondas", 780, 340, anchor="start", size=30, bold=True))
    return drawing


def paso(metrics):
    slow, fast = lti_kernel(*(torch.tensor(x).double() for x in ([0.001, 0.1], [[-1.0]] * 2, [[1.0]] * 2, [[1.0]] * 2)), 1000)
    drawing = Drawing(
        470,
        title="Paso",
        alt="A la izquierda, una entrada continua y su escalera: el valor se mantiene durante un paso. A la derecha, lo que queda de "
        "un impulso: con el paso pequeño dura cientos de tokens; con el grande, se va enseguida.",
    )
    time = torch.linspace(0, 6.28, 200)
    curve = [(30 + 400 * t / 200, 150 - 70 * float(v)) for t, v in enumerate(time.sin())]
    stairs = []
    for i in range(10):
        level = curve[20 * i][1]
        stairs += [(30 + 40 * i, level), (70 + 40 * i, level)]
    drawing.add(polyline(curve, stroke=GREY, line=2.5, dashed=True), polyline(stairs, stroke=_VERMILION, line=4))
    drawing.add(text("se mantiene durante un paso Δ", 230, 262), *_span(110, 150, 290), text("Δ", 130, 318))
    drawing.add(text("*ā* = e^{ΔA}", 230, 390, size=34))
    drawing.next_frame()
    left, wide, foot, high = 540, 480, 400, 320
    drawing.add(polyline([(left, foot - high - 20), (left, foot), (left + wide + 60, foot)], stroke=GREY))
    drawing.add(text("tokens después", left + wide - 20, foot + 34, size=22, colour=GREY))
    drawing.add(text("lo que queda", left + 10, foot - high - 40, size=22, anchor="start", colour=GREY))
    drawing.add(polyline([(left, foot - high / 2), (left + wide, foot - high / 2)], stroke=GREY, line=1.5, dashed=True))
    for kernel, name, words, aside, lift in (
        (slow, "slow", "Δ pequeño", -8, 76),
        (fast, "fast", "Δ grande", 34, -64),
    ):
        kept = kernel / kernel[0]
        line = [(left + wide * i / 1000, foot - high * float(kept[i])) for i in [*range(60), *range(60, 1000, 10)]]
        x = left + wide * float(metrics[f"step/half-{name}"]) / 1000
        drawing.add(polyline(line, stroke=_VERMILION, line=4), circle(x, foot - high / 2, 8, fill=_VERMILION))
        told = text(f"{words}: la mitad", x + aside, foot - high / 2 - lift, size=22, anchor="start")
        half = text(f"tras {metrics[f'step/half-{name}']}", x + aside, told.box.bottom + 24, size=22, anchor="start", bold=True)
        drawing.add(told, half)
    return drawing


def nucleo(metrics):
    first, second = FIRST.split(), SECOND.split()
    weights = [float(word.isdigit()) for word in first]  # the kernel that suits the first dictation
    drawing = Drawing(
        450,
        title="Núcleo",
        alt="El mismo núcleo sobre dos dictados. En el primero sus pesos caen en las cuatro cifras; en el segundo, que tiene otros "
        "huecos, dos de ellos caen en el ruido.",
    )
    drawing.add(_read(first, weights, 130))
    drawing.next_frame()
    drawing.add(_read(second, weights, 350))
    return drawing


def _read(words, weights, y):
    """A dictation under a kernel, and what the kernel reads of it."""
    noise = [i for i, word in enumerate(words) if not word.isdigit()]
    row = tokens(words, 120, y, size=28, pitch=110, faded=noise)
    read = [word for word, weight in zip(words, weights) if weight]
    kernel = bars(row.parts, weights, y - 38, high=64, digits=None, role="state", architecture="mamba")
    name = text("núcleo", 20, y - 52, anchor="start", size=22, colour=_VERMILION)
    rail = polyline([(row.parts[0].x - 44, y - 38), (row.parts[-1].x + 44, y - 38)], stroke=_VERMILION, line=3)
    result = tokens(read, 880, y, size=24, pitch=60, faded=[i for i, word in enumerate(read) if not word.isdigit()])
    told = [arrow([(800, y), (866, y)], line=4), text("lee", 833, y - 24, size=22), name]
    return together(rail, kernel, row, *told, result)


def compuerta(metrics):
    task = SelectiveCopying(symbols=8, length=6, items=4, noise=1)
    words = FIRST.split()
    ids = torch.tensor([[int(w) if w.isdigit() else task.symbols for w in words] + [task.vocab_size - 1] * task.items])
    opened = (ids[0, : task.length] < task.symbols).float().tolist()
    said = [str(i) for i in ConstructedCopier(task)(ids).argmax(-1)[0, task.length :].tolist()]
    drawing = Drawing(
        500,
        title="Compuerta",
        alt="La compuerta se abre en las cuatro cifras y se cierra en el ruido; cada cifra entra en su casilla del estado; después se "
        "leen en orden.",
    )
    row = tokens(words, 130, 160, size=28, pitch=110, faded=[i for i, word in enumerate(words) if not word.isdigit()])
    drawing.add(row, gates(row.parts, opened, 122, high=76, digits=0), text("Δ", 100, 84, size=30, bold=True))
    drawing.next_frame()
    kept = state([opened[0]] * task.items, 258, 258, slot=74)
    drawing.add(kept, text("*h*", 222, 322, size=30, bold=True))
    drawing.add(*(text(word, slot.x, slot.y, size=30, bold=True) for word, slot in zip(said, kept.parts)))
    drawing.next_frame()
    written = [part for part, gate in zip(row.parts, opened) if gate]
    drawing.add(*(arrow([a.south, b.north], stroke=GREY) for a, b in zip(written, kept.parts)))
    drawing.add(text("*B* elige casilla", 26, 222, anchor="start", size=22))
    answer = tokens(said, 250, 462, size=28, pitch=92)
    drawing.add(answer, *(arrow([a.south, b.north], stroke=GREY) for a, b in zip(kept.parts, answer.parts)))
    drawing.add(text("*C* la lee", 26, 412, anchor="start", size=22))
    drawing.next_frame()
    for name, words, y in (("constructed", "cada token elige Δ", 130), ("constructed-fixed-step", "el mismo Δ para todos", 330)):
        drawing.add(text(str(metrics[f"copy/{name}"]), 960, y, size=72, bold=True, colour=_VERMILION))
        drawing.add(text(words, 960, y + 60, size=24))
    return drawing


def bloques(metrics):
    drawing = Drawing(
        500,
        title="Bloques",
        alt="Arriba, el bloque del Transformer: atención y red, cada una con su norma y su suma a la línea. Abajo, el de Mamba: una sola "
        "rama; la convolución va al barrido y, por un ramal, a lo que elige el paso, B y C.",
    )
    size = decoder.DecoderConfig(8, width=16, layers=1, heads=2)
    x = torch.randn(1, 5, size.width)
    branches = [[Part("mixer_norm", "norma", wide=110), Part("mixer", "atención", "attention", wide=150)],
                [Part("ffn_norm", "norma", wide=110), Part("ffn", "red", wide=150)]]  # fmt: skip
    above = residual(branches, 20, 150, 1100, lift=78)
    check_flow(above, decoder.Decoder(size).blocks[0], x)
    drawing.add(above.piece(), text("Transformer", 20, 16, anchor="start", bold=True, colour=_BLUE))
    drawing.next_frame()
    below = _mamba_block()
    block = decoder.Decoder(size, mixer=Mamba, ffn=None).blocks[0]
    check_flow(below, block, x, functions={"conv": (mamba_module, "short_conv"), "scan": (mamba_module, "selective_scan")})
    drawing.add(below.piece(), text("Mamba", 20, 226, anchor="start", bold=True, colour=_VERMILION))
    drawing.add(text("*z*", 540, 240, size=22), text("*u*", 590, 310, size=22), text("Δ, *B*, *C*", 712, 442, size=22))
    return drawing


def _mamba_block():
    """Mamba's block, each box a part of its `forward`."""
    diagram, line, row = Diagram(), 478, 326
    diagram.end(IN, 20, line)
    look = {"architecture": "mamba"}
    diagram.box("mixer_norm", "norma", 120, row, wide=100)
    diagram.box("mixer.in_proj", "proyección", 274, row, wide=136, **look)
    diagram.box("conv", "conv. corta,\nSiLU", 446, row, wide=136, high=70, **look)
    diagram.box("mixer.x_proj", "elige", 580, 420, wide=110, role="gate", **look)
    diagram.box("scan", "barrido *h*\n+ *D u*\n× SiLU(*z*)", 776, row, wide=190, high=112, role="state", **look)
    diagram.box("mixer.out_proj", "proyección", 978, row, wide=136, **look)
    diagram.knot("+", "+", 1075, line)
    diagram.arrow(IN, "mixer_norm", by=[(120, line)])
    for start, end in (("mixer_norm", "mixer.in_proj"), ("mixer.in_proj", "conv"), ("conv", "scan"), ("scan", "mixer.out_proj")):
        diagram.arrow(start, end)
    diagram.arrow("conv", "mixer.x_proj", by=[(446, 420)])
    diagram.arrow("mixer.x_proj", "scan", by=[(776, 420)])
    diagram.arrow("mixer.in_proj", "scan", by=[(274, 254), (776, 254)])
    diagram.arrow("mixer.out_proj", "+", by=[(1075, row)])
    diagram.arrow(IN, "+", residual=True, bare=True)
    diagram.end(OUT, 1120, line)
    diagram.arrow("+", OUT, residual=True)
    return diagram


def palomar(metrics):
    remember, recite = positional_machine(2, 3, 2)
    texts = list(product(range(3), repeat=2))
    drawing = Drawing(
        470,
        title="Palomar",
        alt="Nueve textos de dos letras y cuatro cajas: solo cuatro textos se recitan bien. Al lado, lo que acierta una memoria de un bit "
        "por número y el máximo posible.",
    )
    right = [recite(remember(sequence)) == sequence for sequence in texts]
    pills = tokens([_letters(t) for t in texts], 20, 60, pitch=64, size=24, marked=[i for i, r in enumerate(right) if r], architecture="mamba")
    boxes = [Box(50 + 138 * i, 210, 96, 96) for i in range(4)]
    drawing.add(pills)
    drawing.add(*(rectangle(box, fill=fill("state"), stroke=_VERMILION, line=4, radius=10) for box in boxes))
    drawing.add(*(bits([i // 2, i % 2], box.x - 27, box.top + 36) for i, box in enumerate(boxes)))
    ends = [(pill, boxes[remember(sequence)]) for pill, sequence in zip(pills.parts, texts)]
    drawing.add(*(polyline([a.south, b.north], stroke=_VERMILION if good else GREY, line=4 if good else 2)
                  for (a, b), good in zip(ends, right)))  # fmt: skip
    drawing.add(*(text(f"recita «{_letters(recite(i))}»", box.x, box.bottom + 30, size=22) for i, box in enumerate(boxes)))
    drawing.add(text(f"{sum(right)} de {len(texts)} textos", 310, 400, size=34, bold=True))
    drawing.next_frame()
    shares = [metrics["memory/one-bit-4"], metrics["memory/bound-4"]]
    places = [Box(760, 0, 0, 0), Box(960, 0, 0, 0)]
    drawing.add(bars(places, shares, 306, high=220, digits=None, role="state", most=100))
    for place, share, words in zip(places, shares, ("memoria a mano", "máximo")):
        drawing.add(text(words, place.x, 336, size=22), text(str(share), place.x, 306 - 2.2 * share - 24, size=30, bold=True))
    drawing.add(text("con un bit por número", 860, 366, size=22, colour=GREY))
    drawing.next_frame()
    room = f"pero {metrics['size/falcon-mamba-state']} darían para {metrics['size/falcon-mamba-tokens']}"
    drawing.add(text(room, 860, 420, size=24, bold=True), text("antes falla aprender a buscar", 860, 452, size=22))
    return drawing


def _letters(sequence):
    return "".join("abc"[i] for i in sequence)


def pilas(metrics):
    drawing = Drawing(
        470,
        title="Pilas",
        wide=620,
        alt="Un trozo de cuatro pilas de capas: Jamba, una de atención por siete de Mamba; Zamba2, un bloque compartido entre las de "
        "Mamba; Falcon-H1, las dos a la vez; NVIDIA, pocas de atención.",
    )
    stacks = {
        "Jamba": "MRMRMRMRARMRMRMR",
        "Zamba2": "MMMMMSRMMMMMSR",
        "Falcon-H1": "PRPRPRPR",
        "NVIDIA": "MRMRMRARMRMRMR",
    }
    for column, (name, layers) in enumerate(stacks.items()):
        x = 10 + 152 * column
        drawing.add(text(name, x + 60, 456, size=22, bold=True))
        for i, kind in enumerate(layers):
            drawing.add(_layer(kind, Box(x, 412 - 27 * i, 120, 24)))
    return drawing


def _layer(kind, box):
    """A layer of a stack: M a state, A attention, S attention that is shared, P both at once, R a feed-forward."""
    if kind == "P":
        half = box.wide / 2 - 2
        return together(_layer("A", Box(box.left, box.top, half, box.high)), _layer("M", Box(box.right - half, box.top, half, box.high)))
    filled, stroke = {"M": ("state", _VERMILION), "R": ("block", GREY)}.get(kind, ("key", _BLUE))
    frame = rectangle(box, fill=fill(filled), stroke=stroke, line=3, radius=4)
    letter = text({"S": "A"}.get(kind, kind), box.x, box.y, size=20, bold=True)
    lines = [hatch(box, stroke=PAPER, line=3)] if kind == "S" else []
    return together(rectangle(box, fill=fill(filled), stroke="none", radius=4), *lines, frame if not lines else rectangle(box, stroke=stroke, line=3, radius=4), letter)


def _span(left, right, y):
    return [polyline([(left, y), (right, y)], line=3), *(polyline([(x, y - 8), (x, y + 8)], line=3) for x in (left, right))]
