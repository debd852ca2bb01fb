"""Exercise: one step of byte-pair encoding (count the pairs, merge the most frequent one)."""

from collections import Counter
from collections.abc import Mapping

from coursekit.exercises.answers import returned, shown
from coursekit.exercises.checking import Case, Exercise
from coursekit.exercises.numeric import named
from coursekit.tokenizers.bpe_recount import count_pairs, merge_pair


def bpe_merge(words):
    """The most frequent pair of neighbours and the words with it merged; words is a dict from tuple to count."""
    counts = Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            counts[pair] += count
    best = min(counts, key=lambda pair: (-counts[pair], pair))
    merged = {}
    for word, count in words.items():
        symbols, i = [], 0
        while i < len(word):
            if word[i : i + 2] == best:
                symbols.append(word[i] + word[i + 1])
                i += 2
            else:
                symbols.append(word[i])
                i += 1
        merged[tuple(symbols)] = count
    return best, merged


def _merged(words, pair):
    return pair, {tuple(merge_pair(word, pair, "".join(pair))): count for word, count in words.items()}


def _each_word_once(words):
    return _merged(words, bpe_merge(dict.fromkeys(words, 1))[0])


def _across_words(words):
    text = tuple(symbol for word, count in words.items() for symbol in word * count)
    return _merged(words, bpe_merge({text: 1})[0])


def _first_of_equals(words):
    counts = count_pairs(words.items())
    return _merged(words, max(counts, key=counts.get))


def _last_of_equals(words):
    return _merged(words, max(_counted(words), key=lambda item: item[1])[0])


def _joined_in_a_tie(words):
    return _merged(words, min(_counted(words), key=lambda item: (-item[1], "".join(item[0])))[0])


def _without_order(words):
    counts = Counter()
    for pair, count in _counted(words):
        counts[tuple(sorted(pair))] += count
    return _merged(words, min(counts, key=lambda pair: (-counts[pair], pair)))


def _counted(words):
    """(pair, count), from the last pair that is met to the first."""
    return list(count_pairs(words.items()).items())[::-1]


def _largest_of_equals(words):
    counts = count_pairs(words.items())
    return _merged(words, max(counts, key=lambda pair: (counts[pair], pair)))


def _from_right_to_left(words):
    best, _ = bpe_merge(words)
    turned = {word[::-1]: count for word, count in words.items()}
    merged = {tuple(merge_pair(word, best[::-1], "".join(best))): count for word, count in turned.items()}
    return best, {word[::-1]: count for word, count in merged.items()}


def _without_overlaps(words):
    counts = Counter()
    for word, count in words.items():
        end = {}  # of the last place of each pair
        for i, pair in enumerate(zip(word, word[1:])):
            if end.get(pair, -1) < i:
                counts[pair] += count
                end[pair] = i + 1
    return _merged(words, min(counts, key=lambda pair: (-counts[pair], pair)))


def _overlapping(words):
    best, _ = bpe_merge(words)

    def merge(word):
        here = [pair == best for pair in zip(word, word[1:])] + [False]
        return tuple(
            "".join(best) if here[i] else symbol for i, symbol in enumerate(word) if here[i] or not (i and here[i - 1])
        )

    return best, {merge(word): count for word, count in words.items()}


def _first_place_only(words):
    best, _ = bpe_merge(words)

    def merge(word):
        i = next((i for i, pair in enumerate(zip(word, word[1:])) if pair == best), len(word))
        return word[:i] + ("".join(best),) * (i < len(word)) + word[i + 2 :]

    return best, {merge(word): count for word, count in words.items()}


def _glued_text(words):
    best, _ = bpe_merge(words)
    glue = {word: " ".join(word).replace(" ".join(best), "".join(best)) for word in words}
    return best, {tuple(glue[word].split(" ")): count for word, count in words.items()}


_MESSAGES = (
    (_each_word_once, "cuentas cada palabra una vez; sus pares valen tantas veces como aparece la palabra."),
    (
        _across_words,
        "cuentas pares que empiezan en una palabra y acaban en la siguiente: cada palabra va por separado.",
    ),
    (_first_of_equals, "en un empate gana el par menor, no el primero que encuentras."),
    (_last_of_equals, "en un empate gana el par menor, no el último que encuentras."),
    (_largest_of_equals, "en un empate gana el par menor, no el mayor."),
    (_without_overlaps, "las apariciones que se solapan también cuentan: tres b seguidas son dos pares."),
    (_joined_in_a_tie, "en un empate comparas los símbolos pegados; compara los pares como tuplas."),
    (_without_order, "el orden cuenta: ('a', 'b') y ('b', 'a') son pares distintos."),
    (_overlapping, "unes dos veces el mismo símbolo: después de unir un par se sigue por el símbolo de detrás."),
    (_from_right_to_left, "unes de derecha a izquierda; se une de izquierda a derecha."),
    (_first_place_only, "unes solo la primera aparición en cada palabra; hay que unirlas todas."),
    (_glued_text, "buscas el par en el texto y partes un símbolo: se comparan símbolos enteros."),
)


def _case(words):
    wanted = bpe_merge(words)

    def problem(answer):
        parts = _parts(answer)
        if parts is None:
            joined = " El par son dos símbolos, sin unir." if _is_text(answer) else ""
            return f"se esperaba (par, palabras), una tupla y un diccionario, y {returned(answer)}{joined}"
        if any(isinstance(word, str) for word in parts[1]):
            return "cada palabra es una tupla de símbolos, y devuelves textos."
        if parts == wanted:
            return None
        part = 0 if parts[0] != wanted[0] else 1
        for mistake, message in _MESSAGES:
            if mistake(words)[part] == parts[part]:
                return message
        return f"{('el par', 'las palabras')[part]}: se esperaba {wanted[part]} y devuelve {shown(parts[part])}."

    return Case((words,), problem, shown=f"words = {words}")


def _is_text(answer):
    return isinstance(answer, tuple | list) and len(answer) == 2 and isinstance(answer[0], str)


def _parts(answer):
    """The pair and the words, of whatever kinds of sequence and dictionary."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return None
    pair, words = answer
    if not isinstance(pair, tuple | list) or not isinstance(words, Mapping):
        return None
    return tuple(pair), dict(words)


EXERCISE = Exercise(
    cases=(
        _case({("a",): 3, ("a", "b"): 1}),
        # all counts are 1: the first pair, the last and the largest are not the smallest
        _case({("b", "c"): 1, ("a", "b"): 1, ("d", "a"): 1, ("c", "d"): 1}),
        _case({("b", "a"): 2, ("a", "c"): 1}),
        _case({("a", "c"): 1, ("ab", "a"): 1, ("b", "b"): 1}),
        _case({("a", "b"): 3, ("b", "c"): 1, ("b", "c", "d"): 1}),
        _case({("b", "b", "b"): 1, ("a", "c"): 1}),
        _case({("a", "b", "a", "b", "c"): 1}),
        _case({("ba", "b"): 1, ("a", "b"): 2}),
    ),
    hints=(
        "Son dos partes: contar los pares de vecinos, zip(word, word[1:]), y volver a escribir cada palabra.",
        "Cada par suma la cuenta de su palabra. Para elegir: min(counts, key=lambda par: (-counts[par], par)).",
        "Para unir, recorre la palabra con un índice: si word[i : i + 2] es el par, añade la unión y avanza dos.",
    ),
    solution=bpe_merge,
    wrong=named(_MESSAGES),
)
