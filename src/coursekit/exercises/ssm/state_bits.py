"""Exercise: how much can a state of a fixed size copy? (a bound by counting)."""

import math

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def copy_limit(bits, symbols, items):
    """(tokens, accuracy): the tokens that fit in `bits` bits, and the most texts of `items` tokens that come out right.

    Accuracy is a share: so many bits tell 2^bits texts apart, of symbols^items that there are.
    """
    bits_per_token = math.log2(symbols)
    tokens = math.floor(bits / bits_per_token)
    accuracy = 2.0 ** min(0.0, bits - items * bits_per_token)
    return tokens, accuracy


def _bytes(bits, symbols, items):
    return copy_limit(8 * bits, symbols, items)


def _natural_logarithm(bits, symbols, items):
    return math.floor(bits / math.log(symbols)), copy_limit(bits, symbols, items)[1]


def _rounded_up(bits, symbols, items):
    return math.ceil(bits / math.log2(symbols)), copy_limit(bits, symbols, items)[1]


def _without_cap(bits, symbols, items):
    return copy_limit(bits, symbols, items)[0], 2.0 ** (bits - items * math.log2(symbols))


def _share_of_tokens(bits, symbols, items):
    tokens, _ = copy_limit(bits, symbols, items)
    return tokens, min(1.0, tokens / items)


def _few_texts(bits, symbols, items):
    return copy_limit(bits, symbols, items)[0], min(1.0, 2.0**bits / (symbols * items))


def _whole_bits(bits, symbols, items):
    return bits // math.ceil(math.log2(symbols)), copy_limit(bits, symbols, items)[1]


def _the_other_way_up(bits, symbols, items):
    return copy_limit(bits, symbols, items)[0], min(1.0, symbols**items / 2.0**bits)


def _decimal_logarithm(bits, symbols, items):
    return math.floor(bits / math.log10(symbols)), copy_limit(bits, symbols, items)[1]


def _not_rounded(bits, symbols, items):
    return bits / math.log2(symbols), copy_limit(bits, symbols, items)[1]


def _percent(bits, symbols, items):
    tokens, accuracy = copy_limit(bits, symbols, items)
    return tokens, 100 * accuracy


def _all_or_nothing(bits, symbols, items):
    tokens, accuracy = copy_limit(bits, symbols, items)
    return tokens, float(accuracy == 1)


def _share_of_bits(bits, symbols, items):
    return copy_limit(bits, symbols, items)[0], min(1.0, bits / (items * math.log2(symbols)))


def _natural_exponential(bits, symbols, items):
    return copy_limit(bits, symbols, items)[0], math.exp(min(0.0, bits - items * math.log2(symbols)))


_JUDGE = Numbers(
    solution=copy_limit,
    names=("bits", "symbols", "items"),
    parts=("tokens", "accuracy"),
    mistakes=(
        (_bytes, "cuentas bytes: el primer argumento ya son bits."),
        (_natural_logarithm, "usas el logaritmo natural: un token de V símbolos ocupa log2(V) bits."),
        (_decimal_logarithm, "usas el logaritmo decimal: un token de V símbolos ocupa log2(V) bits."),
        (_not_rounded, "un token no cabe a medias: redondea hacia abajo."),
        (_percent, "das un tanto por ciento; el acierto va de 0 a 1."),
        (_all_or_nothing, "aunque no quepan todos los textos, algunos se copian: el acierto no es solo 0 o 1."),
        (_share_of_bits, "das la parte de los bits; el acierto es la parte de los textos que se distinguen."),
        (_natural_exponential, "elevas e en vez de 2: b bits distinguen 2^b textos."),
        (_rounded_up, "un token que no cabe entero no se copia sin error: redondea hacia abajo."),
        (_whole_bits, "das a cada token un número entero de bits; varios juntos los aprovechan mejor: bits / log2(V)."),
        (_without_cap, "un acierto no pasa de 1: si el estado distingue todos los textos, sobra sitio."),
        (
            _share_of_tokens,
            "das la parte de los tokens que caben; el acierto es la parte de los textos que se distinguen.",
        ),
        (_few_texts, "cuentas symbols · items textos; hay symbols elevado a items."),
        (_the_other_way_up, "la fracción está del revés: son 2^bits textos de symbols^items."),
    ),
)

EXERCISE = Exercise(
    # 2 bits, 3 symbols (1.585 bits each): one token; 2^2 = 4 of the 3^5 = 243 texts of five tokens, 0.0165.
    # 8 bits: 5.05 tokens, and 256 of the 3^6 = 729 texts of six, 0.351
    cases=(
        _JUDGE.case(2, 3, 5),
        _JUDGE.case(8, 3, 6),
        _JUDGE.case(9, 5, 2),
        _JUDGE.case(12, 8, 5),
        _JUDGE.case(127, 32768, 7),
        _JUDGE.case(64, 50257, 5),
    ),
    hints=(
        "Con b bits se escriben 2^b estados distintos: dos textos con el mismo estado se copian igual, y uno sale mal.",
        "Un token de V símbolos ocupa log2(V) bits. ¿Cuántos caben enteros? ¿Cuántos textos de n tokens hay?",
        "tokens = floor(bits / log2(symbols)); accuracy = 2^bits / symbols^items, y 1 si eso es más que 1.",
    ),
    solution=copy_limit,
    wrong=named(_JUDGE.mistakes),
)
