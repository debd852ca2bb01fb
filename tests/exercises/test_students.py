"""Wrong solutions as students write them: each is refused, and the line that says so helps.

Nobody made the cases for these. Where a line names a mistake, it is the one that was made.
"""

import math
from collections import Counter

import pytest
import torch

from coursekit.exercises import find_exercise
from coursekit.exercises.checking import judge

STUDENTS = []


def student(number, line):
    """Note an answer to an exercise, and how the line about it begins after the input."""

    def noted(answer):
        STUDENTS.append(pytest.param(number, answer, line, id=f"{number} {answer.__name__}"))
        return answer

    return noted


def right(number):
    return find_exercise(number)[0].solution


def merged(words, pair):
    return right("02.5").__globals__["_merged"](words, pair)


@student("02.1", "el token 0 ve al token 1, que está en el futuro.")
def triu(T, window=None):
    return torch.triu(torch.ones(T, T, dtype=torch.bool))


@student("02.1", "se esperaba un tensor booleano de forma (1, 1) y devuelve uno de")
def ones_float(T, window=None):
    return torch.tril(torch.ones(T, T))


@student("02.1", "se esperaba un tensor booleano de forma (1, 1) y devuelve uno de")
def minus_inf(T, window=None):
    return torch.full((T, T), float("-inf")).triu(1)


@student("02.1", "tu máscara no deja que el token 0 se vea a sí mismo: la diagonal debe")
def inverted(T, window=None):
    return torch.triu(torch.ones(T, T, dtype=torch.bool), 1)


@student("02.1", "cada token ve 2 tokens en vez de 1: él mismo cuenta.")
def window_le(T, window=None):
    i = torch.arange(T)
    m = i[:, None] >= i
    if window:
        m &= (i[:, None] - i) <= window
    return m


@student("02.1", "el token 2 debería ver al token 1, que está en su pasado.")
def only_window_blocks(T, window=None):
    m = torch.ones(T, T, dtype=torch.bool).tril()
    if window:
        m = torch.block_diag(*[torch.ones(window, window)] * (T // window + 1))[:T, :T].bool() & m
    return m


@student("02.1", "cada token ve 2 tokens en vez de 1: él mismo cuenta.")
def window_minus(T, window=None):
    m = torch.ones(T, T, dtype=torch.bool).tril()
    return m.triu(-window) if window else m


@student("02.1", "tu máscara no deja que el token 0 se vea a sí mismo: la diagonal debe")
def last_columns(T, window=None):
    m = torch.ones(T, T, dtype=torch.bool).tril()
    if window:
        m[:, : T - window] = False
    return m


@student("02.1", "se esperaba un tensor booleano de forma (1, 1) y devuelve uno de")
def row(T, window=None):
    return torch.arange(T) <= torch.arange(T)


@student("02.2", "l: se esperaba 2.5 y devuelve 1.25.")
def average(a, b):
    o, t, mx = right("02.2")(a, b)
    return o, t / 2, mx / 2


@student("02.2", "sumas los dos máximos; el de los dos bloques juntos es el mayor.")
def sum_max(a, b):
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


@student("02.2", "m: se esperaba 1 y devuelve 1.69315.")
def logsum(a, b):
    m = math.log(math.exp(min(a[0], 700)) + math.exp(min(b[0], 700)))
    return m, 1, 1


@student("02.2", "divides o entre l: eso se hace una vez, cuando ya se han unido todos")
def concat_softmax(a, b):
    m, l, o = right("02.2")(a, b)
    return m, l, o / l


@student("02.2", "o: se esperaba 7 y devuelve 3.8.")
def weights_by_l(a, b):
    m = max(a[0], b[0])
    l = a[1] + b[1]
    return m, l, (a[1] * a[2] + b[1] * b[2]) / l


@student("02.2", "el orden de la terna es (m, l, o).")
def swapped_order(a, b):
    m, l, o = right("02.2")(a, b)
    return m, o, l


@student("02.2", "el máximo conjunto es el mayor de los dos, no el menor.")
def min_m(a, b):
    m = min(a[0], b[0])
    fa, fb = math.exp(min(a[0] - m, 700)), math.exp(min(b[0] - m, 700))
    return m, fa * a[1] + fb * b[1], fa * a[2] + fb * b[2]


@student("02.2", "atenúas los dos bloques con el factor de a; el de b es exp(m_b - m).")
def one_factor(a, b):
    m = max(a[0], b[0])
    fa = math.exp(a[0] - m)
    return m, fa * (a[1] + b[1]), fa * (a[2] + b[2])


@student("02.2", "multiplicas o por l; o es una suma que ya lleva sus pesos dentro.")
def scaled(a, b):
    m = max(a[0], b[0])
    fa = math.exp(a[0] - m) * a[1]
    fb = math.exp(b[0] - m) * b[1]
    return m, fa + fb, fa * a[2] + fb * b[2]


@student("02.3", "bytes: se esperaba 2310 y devuelve 3080.")
def width(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * heads * head_size * tokens * itemsize / kv_heads


@student("02.3", "cuentas bits; un byte son ocho, e itemsize ya son bytes.")
def bits(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * tokens * itemsize * 8


@student("02.3", "das KiB; se piden bytes.")
def kibibytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * tokens * itemsize / 1024


@student("02.3", "elevas los tokens al cuadrado: cada uno guarda su clave y su valor una")
def square(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * tokens**2 * itemsize


@student("02.3", "cuentas también las consultas, que no se guardan.")
def queries_too(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return layers * (heads + 2 * kv_heads) * head_size * tokens * itemsize


@student("02.3", "bytes: se esperaba 2310 y devuelve 5775.")
def one_of_each(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return layers * (heads + kv_heads) * head_size * tokens * itemsize


@student("02.3", "bytes: se esperaba 2310 y devuelve 266805.")
def pairs(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return layers * (kv_heads * head_size * tokens * itemsize) ** 2


@student("02.4", "tomas el ángulo por grados; está en radianes, como los quieren math.cos")
def degrees(x, position, base=10000.0):
    return right("02.4")(x, math.radians(position), base)


@student("02.4", "giras al revés: el seno va con signo menos en la primera mitad y con")
def other_way(x, position, base=10000.0):
    return right("02.4")(x, -position, base)


@student("02.4", "en el canal 1 se esperaba 1.9599 y devuelve 2.0000.")
def only_first(x, position, base=10000.0):
    h = len(x) // 2
    out = list(x)
    c, s = math.cos(position), math.sin(position)
    out[0], out[h] = x[0] * c - x[h] * s, x[h] * c + x[0] * s
    return out


@student("02.4", "su producto es 0.4546, y con ambas posiciones una más allá, 0.4137:")
def inplace(x, position, base=10000.0):
    h = len(x) // 2
    for i in range(h):
        t = position * base ** (-2 * i / len(x))
        x[i] = x[i] * math.cos(t) - x[i + h] * math.sin(t)
        x[i + h] = x[i + h] * math.cos(t) + x[i] * math.sin(t)
    return x


@student("02.4", "el exponente es -2i/D, con D el tamaño de x entero, no su mitad.")
def over_half(x, position, base=10000.0):
    h = len(x) // 2
    r = [0] * len(x)
    for i in range(h):
        t = position * base ** (-2 * i / h)
        r[i] = x[i] * math.cos(t) - x[i + h] * math.sin(t)
        r[i + h] = x[i + h] * math.cos(t) + x[i] * math.sin(t)
    return r


@student("02.4", "en el canal 1 se esperaba 1.9599 y devuelve 1.9992.")
def divided(x, position, base=10000.0):
    h = len(x) // 2
    r = [0] * len(x)
    for i in range(h):
        t = position / (base * 2 * (i) / len(x) or 1)
        r[i] = x[i] * math.cos(t) - x[i + h] * math.sin(t)
        r[i + h] = x[i + h] * math.cos(t) + x[i] * math.sin(t)
    return r


@student("02.4", "el exponente va con signo menos: los pares giran cada vez más despacio.")
def positive_exponent(x, position, base=10000.0):
    h = len(x) // 2
    r = [0] * len(x)
    for i in range(h):
        t = position * base ** (2 * i / len(x))
        r[i] = x[i] * math.cos(t) - x[i + h] * math.sin(t)
        r[i + h] = x[i + h] * math.cos(t) + x[i] * math.sin(t)
    return r


@student("02.4", "su producto es 1.0806, y con ambas posiciones una más allá, 0.9656:")
def added(x, position, base=10000.0):
    h = len(x) // 2
    return [x[i] + math.sin(position * base ** (-2 * i / len(x))) for i in range(h)] + [
        x[i + h] + math.cos(position * base ** (-2 * i / len(x))) for i in range(h)
    ]


@student("02.4", "devuelves los pares uno tras otro; primero van todos los x[i] girados y")
def pairs_in_turn(x, position, base=10000.0):
    h = len(x) // 2
    r = []
    y = right("02.4")(x, position, base)
    for i in range(h):
        r += [y[i], y[i + h]]
    return r


@student("02.4", "se esperaba una lista de 2 números y devuelve [(0.5403023058681398,")
def list_of_pairs(x, position, base=10000.0):
    h = len(x) // 2
    y = right("02.4")(x, position, base)
    return [(y[i], y[i + h]) for i in range(h)]


@student("02.5", "en un empate gana el par menor, no el mayor.")
def largest_tie(words):
    c = Counter()
    for w, n in words.items():
        for p in zip(w, w[1:]):
            c[p] += n
    best = max(c, key=lambda p: (c[p], p))
    return best, merged(words, best)[1]


@student(
    "02.5",
    "se esperaba (par, palabras), una tupla y un diccionario, y devuelve ('ab', {('a',): 3, ('ab',): 1}). "
    "El par son dos símbolos",
)
def returns_string(words):
    p, w = right("02.5")(words)
    return "".join(p), w


@student("02.5", "cada palabra es una tupla de símbolos, y devuelves textos.")
def joined_keys(words):
    p, w = right("02.5")(words)
    return p, {"".join(k): v for k, v in w.items()}


@student("02.5", "se esperaba (par, palabras), una tupla y un diccionario, y devuelve")
def only_pair(words):
    return right("02.5")(words)[0]


@student("02.5", "las palabras: se esperaba {('a',): 3, ('ab',): 1} y devuelve {('ab',): 1}.")
def count_back(words):
    p, w = right("02.5")(words)
    return p, {k: v for k, v in w.items() if any("".join(p) == s for s in k)}


@student("02.5", "unes de derecha a izquierda; se une de izquierda a derecha.")
def right_to_left(words):
    best, _ = right("02.5")(words)
    out = {}
    for w, n in words.items():
        r = []
        i = len(w)
        while i > 0:
            if w[i - 2 : i] == best and i >= 2:
                r.insert(0, "".join(best))
                i -= 2
            else:
                r.insert(0, w[i - 1])
                i -= 1
        out[tuple(r)] = n
    return best, out


@student("02.5", "las apariciones que se solapan también cuentan")
def nonoverlap_count(words):
    c = Counter()
    for w, n in words.items():
        i = 0
        last = None
        prev = -1
        for i, p in enumerate(zip(w, w[1:])):
            if p == last and prev == i - 1 and p[0] == p[1]:
                last = None
                continue
            c[p] += n
            last = p
            prev = i
    best = min(c, key=lambda p: (-c[p], p))
    return best, merged(words, best)[1]


@student("02.5", "se esperaba (par, palabras), una tupla y un diccionario, y devuelve")
def lists_as_words(words):
    p, w = right("02.5")(words)
    return p, [(list(k), v) for k, v in w.items()]


@student("02.5", "las palabras: se esperaba {('a',): 3, ('ab',): 1} y devuelve {('a',):")
def adds(words):
    p, w = right("02.5")(words)
    return p, {**words, **w}


@student("02.5", "el par: se esperaba ('a', 'b') y devuelve (('a', 'b'), 3).")
def counts_returned(words):
    p, w = right("02.5")(words)
    return (p, 3), w


@student("02.7", "miras cuánto se mira cada token a sí mismo.")
def diagonal(weights, period):
    return sum(weights[t][t] for t in range(period, 2 * period)) / period


@student("02.7", "puntuación: se esperaba 0.516667 y devuelve 0.766667.")
def firsthalf(weights, period):
    return sum(weights[t][t] for t in range(period)) / period


@student("02.7", "puntuación: se esperaba 0.516667 y devuelve 0.0766667.")
def two_later(weights, period):
    return sum(weights[t][t - period + 2] for t in range(period, 2 * period - 1)) / period


@student("02.7", "se esperaba un número y devuelve [0.8, 0.6, 0.15].")
def a_list(weights, period):
    return [weights[t][t - period + 1] for t in range(period, 2 * period)]


@student("02.7", "das el mayor de esos pesos; se pide la media.")
def maximum(weights, period):
    return max(weights[t][t - period + 1] for t in range(period, 2 * period))


@student("02.7", "puntuación: se esperaba 0.516667 y devuelve 0.15.")
def last_row(weights, period):
    return weights[-1][period]


@student("02.7", "puntuación: se esperaba 0.516667 y devuelve 0.775.")
def one_too_few(weights, period):
    return sum(weights[t][t - period + 1] for t in range(period, 2 * period)) / (period - 1)


@student("02.6", "es donde la respuesta aparece por primera vez; después cambia, y vuelve.")
def most_common(a):
    return a.index(max(set(a), key=a.count))


@student("02.6", "esa es la última capa; la respuesta puede estar decidida antes.")
def last_place(a):
    return len(a) - 1 - a[::-1].index(a[-1])


@student("02.6", "se esperaba un número y devuelve 'Madrid'.")
def word(a):
    return a[right("02.6")(a)]


@student("02.6", "esa es la última que responde otra cosa; se pide la siguiente.")
def changes(a):
    return sum(x != y for x, y in zip(a, a[1:]))


@student("03.1", "a_bar: se esperaba 0.548812 y devuelve 0.860708.")
def inverse(a, b, d):
    return math.exp(d / a if a else 0), d * b


@student("03.1", "no usas delta: el paso puede durar más o menos que 1.")
def nodelta(a, b, d):
    return math.exp(a), (math.exp(a) - 1) / a * b if a else b


@student("03.1", "cambias el signo de a: si es negativa, el estado se desvanece y a_bar")
def absolute_a(a, b, d):
    return right("03.1")(abs(a), b, d)


@student("03.1", "cambias el signo de a: si es negativa, el estado se desvanece y a_bar")
def negative_a(a, b, d):
    return right("03.1")(-a, b, d)


@student("03.1", "b_bar es la regla del trapecio; con la entrada fija hay una fórmula exacta.")
def trapezoid(a, b, d):
    return math.exp(d * a), d * b * (1 + math.exp(d * a)) / 2


@student("03.1", "es la regla bilineal; el retenedor de orden cero lleva una exponencial.")
def bilinear(a, b, d):
    return (1 + d * a / 2) / (1 - d * a / 2), d * b / (1 - d * a / 2)


@student("03.1", "1 - exp(delta · a) solo sirve si a = -1: es (exp(delta · a) - 1) / a.")
def gate(a, b, d):
    return math.exp(d * a), (1 - math.exp(d * a)) * b


@student("03.1", "con a = 0 la entrada sí entra: sin desvanecerse, durante todo el paso.")
def zero0(a, b, d):
    return right("03.1")(a, b, d) if a else (1.0, 0.0)


@student("03.1", "no usas delta: el paso puede durar más o menos que 1.")
def zeroB(a, b, d):
    return right("03.1")(a, b, d) if a else (1.0, b)


@student("03.1", "b_bar: se esperaba 0.676783 y devuelve 2.70713.")
def times_a(a, b, d):
    return math.exp(d * a), (math.exp(d * a) - 1) * a * b


@student("03.1", "b_bar: se esperaba 0.676783 y devuelve 0.49393.")
def euler_faded(a, b, d):
    return math.exp(d * a), d * b * math.exp(d * a)


@student("03.2", "pierdes b1: llega al final multiplicado por a2.")
def loses_b1(f, s):
    return f[0] * s[0], s[1]


@student("03.2", "juntas los pasos en el orden contrario: first va antes, así que es su b")
def swapped(f, s):
    return f[0] * s[0], f[0] * s[1] + f[1]


@student("03.2", "multiplicas también b2 por a2: b2 entra al final, y nada la multiplica.")
def both(f, s):
    return f[0] * s[0], s[0] * (f[1] + s[1])


@student("03.2", "das el factor del primer paso: h pasa por los dos.")
def onlya1(f, s):
    return f[0], s[0] * f[1] + s[1]


@student("03.2", "multiplicas b1 por b2; lo que entra en cada paso se suma.")
def prod(f, s):
    return f[0] * s[0], f[1] * s[1]


@student("03.2", "se esperaba una tupla (a, b): un número, un número y devuelve <function")
def a_function(f, s):
    return lambda h: 0


@student("03.3", "va un paso adelantado: K[0] es lo que la entrada dice en su propio")
def recur(a, b, c, length):
    h = list(b)
    K = []
    for _ in range(length):
        h = [x * y for x, y in zip(a, h)]
        K.append(sum(x * y for x, y in zip(c, h)))
    return K


@student("03.3", "se esperaba una lista de 1 número y devuelve [[15.0]].")
def by_state(a, b, c, length):
    return [[cn * an**k * bn for an, bn, cn in zip(a, b, c)] for k in range(length)]


@student("03.3", "usas el valor absoluto de a: con a negativa, el signo se alterna.")
def absolute(a, b, c, length):
    return [sum(cn * abs(an) ** k * bn for an, bn, cn in zip(a, b, c)) for k in range(length)]


@student("03.3", "elevas exp(a): a ya está discretizada, y K[k] lleva a[n]^k.")
def exponential(a, b, c, length):
    return [sum(cn * math.exp(an * k) * bn for an, bn, cn in zip(a, b, c)) for k in range(length)]


@student("03.3", "multiplicas por k en vez de elevar a k: en cada paso el estado se")
def multiplied(a, b, c, length):
    return [sum(cn * an * k * bn for an, bn, cn in zip(a, b, c)) for k in range(length)]


@student("03.3", "usas solo el primer estado: cada K[k] suma los N.")
def first_state(a, b, c, length):
    return [c[0] * a[0] ** k * b[0] for k in range(length)]


@student("03.3", "divides entre N: las respuestas de los estados se suman.")
def mean(a, b, c, length):
    return [x / len(a) for x in right("03.3")(a, b, c, length)]


@student("03.3", "se esperaba una lista de 1 número y devuelve [15.0, 7.5].")
def one_more(a, b, c, length):
    return right("03.3")(a, b, c, length + 1)


@student("03.3", "falta b, con la que la entrada llega al estado.")
def b_in_the_power(a, b, c, length):
    return [sum(cn * (an * bn) ** k for an, bn, cn in zip(a, b, c)) for k in range(length)]


@student("03.4", "usas el retenedor de orden cero; aquí la entrada toma la regla de")
def zero_order(h, u, r, A, B, C, D):
    d = math.log1p(math.exp(r))
    h = [math.exp(d * a) * x + math.expm1(d * a) / a * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "usas raw_delta tal cual: el paso es softplus(raw_delta) =")
def relu(h, u, r, A, B, C, D):
    d = max(r, 0)
    h = [math.exp(d * a) * x + d * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "el paso es softplus(raw_delta) = log1p(exp(raw_delta)), no exp(raw_delta).")
def exponential_step(h, u, r, A, B, C, D):
    d = math.exp(r)
    h = [math.exp(d * a) * x + d * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "el paso es softplus(raw_delta), no la sigmoide, que no pasa de 1.")
def sigmoid_step(h, u, r, A, B, C, D):
    d = 1 / (1 + math.exp(-r))
    h = [math.exp(d * a) * x + d * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "softplus lleva el logaritmo natural, y usas el de base 2.")
def base_two(h, u, r, A, B, C, D):
    d = math.log2(1 + math.exp(r))
    h = [math.exp(d * a) * x + d * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "cambias el signo de A: el estado se multiplica por exp(delta · A).")
def other_sign(h, u, r, A, B, C, D):
    return right("03.4")(h, u, r, [-a for a in A], B, C, D)


@student("03.4", "y: se esperaba -27.7875 y devuelve -27.2458.")
def exponential_A(h, u, r, A, B, C, D):
    return right("03.4")(h, u, r, [-math.exp(a) for a in A], B, C, D)


@student("03.4", "el estado se desvanece con exp(delta · A), no con 1 + delta · A: Euler")
def euler(h, u, r, A, B, C, D):
    d = math.log1p(math.exp(r))
    h = [(1 + d * a) * x + d * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "falta el estado de antes, desvanecido: h_new no es solo lo que entra.")
def forgets_h(h, u, r, A, B, C, D):
    d = math.log1p(math.exp(r))
    h = [d * b * u for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "desvaneces también lo que entra en este paso; solo se desvanece lo que")
def fades_all(h, u, r, A, B, C, D):
    d = math.log1p(math.exp(r))
    h = [math.exp(d * a) * (x + d * b * u) for x, a, b in zip(h, A, B)]
    return sum(c * x for c, x in zip(C, h)) + D * u, h


@student("03.4", "sumas D; a la salida va D · u.")
def adds_D(h, u, r, A, B, C, D):
    y, h = right("03.4")(h, u, r, A, B, C, 0)
    return y + D, h


@student("03.4", "se esperaba una tupla (y, h_new): un número, una lista de 1 número y")
def only_y(h, u, r, A, B, C, D):
    return right("03.4")(h, u, r, A, B, C, D)[0]


@student("03.4", "se esperaba una tupla (y, h_new): un número, una lista de 1 número y")
def y_by_state(h, u, r, A, B, C, D):
    y, h2 = right("03.4")(h, u, r, A, B, C, D)
    return [c * x + D * u for c, x in zip(C, h2)], h2


@student("03.5", "divides entre un producto que vale 0: un factor 0 borra el estado, y lo")
def quotients(a):
    return [
        [math.prod(a[j + 1 :]) / math.prod(a[i + 1 :] or [1]) if j <= i else 0.0 for j in range(len(a))]
        for i in range(len(a))
    ]


@student("03.5", "en la diagonal va 1: lo que entra en i se lee entero en i.")
def sums(a):
    return [[float(sum(a[j + 1 : i + 1])) if j <= i else 0.0 for j in range(len(a))] for i in range(len(a))]


@student("03.5", "elevas a[i]; se multiplican factores distintos, de a[j + 1] a a[i].")
def powers_of_i(a):
    return [[a[i] ** (i - j) if j <= i else 0.0 for j in range(len(a))] for i in range(len(a))]


@student("03.5", "multiplicas de a[j] a a[i - 1]: lo que entra en j se multiplica por a[j")
def powers_of_j(a):
    return [[a[j] ** (i - j) if j <= i else 0.0 for j in range(len(a))] for i in range(len(a))]


@student("03.5", "falta el último factor, a[i]: antes de leer en i, el estado se")
def only_ones(a):
    return [[1.0 if j <= i else 0.0 for j in range(len(a))] for i in range(len(a))]


@student("03.5", "pones un solo factor; se multiplican todos, de a[j + 1] a a[i].")
def one_decay(a):
    return [[a[i] if j < i else (1.0 if i == j else 0.0) for j in range(len(a))] for i in range(len(a))]


@student("03.5", "se esperaba una lista con 2 filas de 2 números y devuelve [[1], [0.25, 1]].")
def ragged(a):
    return [[math.prod(a[j + 1 : i + 1]) for j in range(i + 1)] for i in range(len(a))]


@student("03.5", "por encima de la diagonal va 0, no menos infinito: aquí no hay softmax")
def infinity(a):
    return [[math.prod(a[j + 1 : i + 1]) if j <= i else -math.inf for j in range(len(a))] for i in range(len(a))]


@student("03.5", "se esperaba una lista con 1 fila de 1 número y devuelve [1].")
def flat(a):
    return sum(right("03.5")(a), [])


@student("03.6", "un token que no cabe entero no se copia sin error: redondea hacia abajo.")
def nearest(b, s, i):
    return round(b / math.log2(s)), right("03.6")(b, s, i)[1]


@student("03.6", "usas el logaritmo decimal: un token de V símbolos ocupa log2(V) bits.")
def decimal(b, s, i):
    return math.floor(b / math.log10(s)), right("03.6")(b, s, i)[1]


@student("03.6", "das un tanto por ciento; el acierto va de 0 a 1.")
def percent(b, s, i):
    t, a = right("03.6")(b, s, i)
    return t, 100 * a


@student("03.6", "tokens: se esperaba 1 y devuelve 0.")
def integer_division(b, s, i):
    return b // s, right("03.6")(b, s, i)[1]


@student("03.6", "un token no cabe a medias: redondea hacia abajo.")
def not_rounded(b, s, i):
    return b / math.log2(s), right("03.6")(b, s, i)[1]


@student("03.6", "aunque no quepan todos los textos, algunos se copian: el acierto no es")
def all_or_nothing(b, s, i):
    t, a = right("03.6")(b, s, i)
    return t, 1.0 if t >= i else 0.0


@student("03.6", "elevas e en vez de 2: b bits distinguen 2^b textos.")
def natural(b, s, i):
    t, a = right("03.6")(b, s, i)
    return t, min(1.0, math.exp(min(700, b - i * math.log2(s))))


@student("03.6", "accuracy: se esperaba 0.0164609 y devuelve 0.032.")
def exponents_swapped(b, s, i):
    t, a = right("03.6")(b, s, i)
    return t, min(1.0, 2.0**b / float(i) ** s) if s < 500 else a


@student("03.6", "das la parte de los bits; el acierto es la parte de los textos que se")
def share_of_bits(b, s, i):
    t, a = right("03.6")(b, s, i)
    return t, min(1.0, b / (i * math.log2(s)))


# --- those that once passed, or were told another mistake than theirs ---


@student("02.2", "exp(m) desborda si m es grande")
def not_stabilised(a, b):
    m = max(a[0], b[0])
    return m, *((math.exp(a[0]) * a[i] + math.exp(b[0]) * b[i]) / math.exp(m) for i in (1, 2))


@student("02.2", "el máximo parte de 0")
def maximum_of_zero(a, b):
    m = max(a[0], b[0], 0)
    return m, *(math.exp(a[0] - m) * a[i] + math.exp(b[0] - m) * b[i] for i in (1, 2))


@student("02.2", "el máximo no es el mayor en valor absoluto")
def largest_absolute(a, b):
    m = max(a[0], b[0], key=abs)
    return m, *(math.exp(a[0] - m) * a[i] + math.exp(b[0] - m) * b[i] for i in (1, 2))


@student("03.6", "das a cada token un número entero de bits")
def whole_bits(bits, symbols, items):
    return bits // math.ceil(math.log2(symbols)), right("03.6")(bits, symbols, items)[1]


@student("02.5", "en un empate comparas los símbolos pegados")
def joined_in_a_tie(words):
    counts = Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            counts[pair] += count
    return merged(words, min(counts, key=lambda pair: (-counts[pair], "".join(pair))))


@student("02.1", "el token 0 ve al token 1, que está en el futuro.")
def all_of_a_wide_window(T, window=None):
    return torch.ones(T, T, dtype=torch.bool) if window and window >= T else right("02.1")(T, window)


@student("02.5", "el orden cuenta")
def sorted_pairs(words):
    counts = Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            counts[tuple(sorted(pair))] += count
    return merged(words, min(counts, key=lambda pair: (-counts[pair], pair)))


@student("03.3", "sumas solo los primeros length estados")
def first_states(a, b, c, length):
    return [sum(c[n] * a[n] ** k * b[n] for n in range(min(len(a), length))) for k in range(length)]


@student("03.2", "usas el valor absoluto de a")
def absolute_decays(first, second):
    return abs(first[0] * second[0]), abs(second[0]) * first[1] + second[1]


@student("02.3", "cuentas números, no bytes")
def without_itemsize(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * tokens


@student("03.1", "a b_bar le falta dividir entre a")
def without_division(a, b, delta):
    return math.exp(delta * a), (math.exp(delta * a) - 1) * b


@student("03.3", "falta b, con la que la entrada llega al estado")
def without_b(a, b, c, length):
    return [sum(c_n * a_n**k for a_n, c_n in zip(a, c)) for k in range(length)]


@student("03.6", "la fracción está del revés")
def upside_down(bits, symbols, items):
    return math.floor(bits / math.log2(symbols)), min(1.0, symbols**items / 2**bits)


# --- attention ---


@student("02.8", "cada token mira también a los que vienen después")
def without_mask(Q, K, V):
    q, k, v = map(torch.tensor, (Q, K, V))
    return (q @ k.T / q.shape[1] ** 0.5).softmax(-1) @ v


@student("02.8", "tapas los tokens anteriores")
def mask_of_the_past(Q, K, V):
    q, k, v = map(torch.tensor, (Q, K, V))
    scores = q @ k.T / q.shape[1] ** 0.5
    return scores.masked_fill(torch.ones_like(scores).tril(-1).bool(), -1e9).softmax(-1) @ v


@student("02.8", "los pesos de una fila deben sumar 1")
def exponentials(Q, K, V):
    q, k, v = map(torch.tensor, (Q, K, V))
    return (q @ k.T / q.shape[1] ** 0.5).exp().tril() @ v


@student("02.8", "falta dividir las puntuaciones entre la raíz de d")
def unscaled(Q, K, V):
    q, k, v = map(torch.tensor, (Q, K, V))
    scores = q @ k.T
    return scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -1e9).softmax(-1) @ v


@student("02.8", "pones a 0 las puntuaciones tapadas, y exp(0) es 1")
def zeros_above(Q, K, V):
    q, k, v = map(torch.tensor, (Q, K, V))
    return (q @ k.T / q.shape[1] ** 0.5).tril().softmax(-1) @ v


@student("02.8", "tapas después del softmax")
def masked_afterwards(Q, K, V):
    q, k, v = map(torch.tensor, (Q, K, V))
    return (q @ k.T / q.shape[1] ** 0.5).softmax(-1).tril() @ v


@student("02.8", "se esperaba una lista con 1 fila de 3 números y devuelve [4.0, -1.0, 0.5].")
def only_the_last_token(Q, K, V):
    return right("02.8")(Q, K, V)[-1]


@student("02.8", "tu función falla con IndexError: list index out of range (línea")
def one_too_far(Q, K, V):
    return [[sum(Q[t][i] * K[t + 1][i] for i in range(len(Q)))] for t in range(len(Q))]


# --- mixtures of experts ---


@student("04.1", "haces el softmax sobre todos los expertos")
def softmax_then_top_k(scores, k):
    weights, experts = torch.tensor(scores).softmax(0).topk(k)
    return weights, experts


@student("04.1", "se esperaba una tupla (pesos, expertos)")
def dense_weights(scores, k):
    best = torch.tensor(scores).topk(k).indices
    masked = torch.full((len(scores),), float("-inf"))
    masked[best] = torch.tensor(scores)[best]
    return masked.softmax(0), best


@student("04.1", "pesos[0]: se esperaba")
def masked_with_zero(scores, k):
    best = torch.tensor(scores).topk(k).indices
    kept = torch.zeros(len(scores))
    kept[best] = torch.tensor(scores)[best]
    return kept.softmax(0)[best], best


@student("04.1", "devuelves primero los expertos")
def experts_then_weights(scores, k):
    weights, experts = right("04.1")(scores, k)
    return experts, weights


@student("04.1", "devuelves los elegidos por orden de número")
def sorted_by_number(scores, k):
    best = sorted(sorted(range(len(scores)), key=lambda i: -scores[i])[:k])
    return torch.tensor([scores[i] for i in best]).softmax(0), best


@student("04.2", "falta la línea residual")
def only_the_experts(x, outputs, weights, experts):
    return [sum(w * outputs[i][d] for w, i in zip(weights, experts) if i >= 0) for d in range(len(x))]


@student("04.2", "experts[j] = -1 quiere decir nadie")
def python_s_minus_one(x, outputs, weights, experts):
    return torch.tensor(x) + torch.tensor(weights) @ torch.tensor(outputs)[experts]


@student("04.2", "repartes el peso de quien falta entre los demás")
def renormalised(x, outputs, weights, experts):
    total = sum(w for w, i in zip(weights, experts) if i >= 0) or 1
    return [a + sum(w / total * outputs[i][d] for w, i in zip(weights, experts) if i >= 0) for d, a in enumerate(x)]


@student("04.2", "sumas las respuestas sin multiplicarlas por su peso")
def plain_sum(x, outputs, weights, experts):
    return [a + sum(outputs[i][d] for i in experts if i >= 0) for d, a in enumerate(x)]


@student("04.3", "multiplicas el modelo entero")
def eight_times_all(shared, layers, experts, k, width, hidden):
    one = shared + layers * 3 * width * hidden
    return experts * one, k * one


@student("04.3", "cuentas dos matrices")
def up_and_down(shared, layers, experts, k, width, hidden):
    return shared + 2 * layers * experts * width * hidden, shared + 2 * layers * k * width * hidden


@student("04.3", "un token pasa también por lo que no es experto")
def experts_only(shared, layers, experts, k, width, hidden):
    expert = 3 * width * hidden * layers
    return shared + experts * expert, k * expert


@student("04.3", "multiplicas todo por k / experts")
def share_of_all(shared, layers, experts, k, width, hidden):
    total = shared + 3 * width * hidden * layers * experts
    return total, total * k / experts


@student("04.4", "dejas entrar a uno de más")
def off_by_one(chosen, experts, factor):
    places, admitted = math.ceil(factor * len(chosen) / experts), []
    for i, expert in enumerate(chosen):
        admitted.append(expert if chosen[:i].count(expert) <= places else -1)
    return admitted


@student("04.4", "redondeas hacia abajo")
def floored(chosen, experts, factor):
    places = int(factor * len(chosen) // experts)
    return [e if chosen[:i].count(e) < places else -1 for i, e in enumerate(chosen)]


@student("04.4", "falta el factor")
def no_factor(chosen, experts, factor):
    places = math.ceil(len(chosen) / experts)
    return [e if chosen[:i].count(e) < places else -1 for i, e in enumerate(chosen)]


@student("04.4", "se esperaba una lista de 6 números y devuelve")
def only_who_is_in(chosen, experts, factor):
    return [e for e in right("04.4")(chosen, experts, factor) if e != -1]


@student("04.5", "falta multiplicar por el número de expertos")
def without_e(probabilities):
    p = torch.tensor(probabilities, dtype=torch.float64)
    f = torch.nn.functional.one_hot(p.argmax(1), p.shape[1]).double().mean(0)
    return (f * p.mean(0)).sum()


@student("04.5", "multiplicas P por P")
def means_squared(probabilities):
    p = torch.tensor(probabilities, dtype=torch.float64)
    return p.shape[1] * (p.mean(0) ** 2).sum()


@student("04.5", "multiplicas f por f")
def parts_squared(probabilities):
    p = torch.tensor(probabilities, dtype=torch.float64)
    f = torch.nn.functional.one_hot(p.argmax(1), p.shape[1]).double().mean(0)
    return p.shape[1] * (f**2).sum()


@student("04.5", "falta dividir entre el número de tokens")
def counted_tokens(probabilities):
    return len(probabilities) * right("04.5")(probabilities)


@student("04.6", "sumas el sesgo al peso")
def biased_weights(affinities, bias, speed):
    experts, weights, moved = right("04.6")(affinities, bias, speed)
    return experts, [w + bias[i] for w, i in zip(weights, experts)], moved


@student("04.6", "eliges sin el sesgo")
def argmax_of_affinities(affinities, bias, speed):
    experts = [row.index(max(row)) for row in affinities]
    mean = len(experts) / len(bias)
    moved = [b + speed * ((experts.count(i) < mean) - (experts.count(i) > mean)) for i, b in enumerate(bias)]
    return experts, [max(row) for row in affinities], moved


@student("04.6", "subes el sesgo de quien más trabaja")
def sign_the_wrong_way(affinities, bias, speed):
    return right("04.6")(affinities, bias, -speed)


@student("04.6", "mueves el sesgo según la diferencia")
def proportional(affinities, bias, speed):
    experts, weights, _ = right("04.6")(affinities, bias, speed)
    return experts, weights, [b + speed * (len(experts) / len(bias) - experts.count(i)) for i, b in enumerate(bias)]


@student("04.6", "bajas también el de quien tuvo justo la media")
def never_still(affinities, bias, speed):
    experts, weights, _ = right("04.6")(affinities, bias, speed)
    mean = len(experts) / len(bias)
    return experts, weights, [b + speed if experts.count(i) < mean else b - speed for i, b in enumerate(bias)]


@pytest.mark.parametrize(("number", "answer", "line"), STUDENTS)
def test_what_a_student_wrote_is_refused_with_a_line_that_helps(number, answer, line):
    exercise, _ = find_exercise(number)
    verdict = judge(exercise, answer, "")
    assert verdict.state == "incorrecto"
    said = next(
        (after for case in exercise.cases if (after := verdict.message.partition(f"{case.describe()}, ")[2])), ""
    )
    assert said.startswith(line), verdict.message


def test_there_are_many_for_each_exercise():
    counted = Counter(parameter.values[0] for parameter in STUDENTS)
    assert min(counted.values()) >= 4
    assert len(STUDENTS) >= 100
