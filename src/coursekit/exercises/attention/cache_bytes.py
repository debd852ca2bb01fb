"""Exercise: how many bytes does a conversation occupy? (the cache of keys and values)."""

from coursekit.exercises.checking import Exercise
from coursekit.exercises.numeric import Numbers, named


def cache_bytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    """Bytes of the cache of keys and values for one sequence of `tokens` tokens."""
    return 2 * layers * kv_heads * head_size * itemsize * tokens


def _only_keys(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return layers * kv_heads * head_size * itemsize * tokens


def _all_heads(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * heads * head_size * itemsize * tokens


def _one_layer(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * kv_heads * head_size * itemsize * tokens


def _two_bytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * 2 * tokens


def _numbers_not_bytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * tokens


def _one_token(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * itemsize


def _one_number_a_head(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * itemsize * tokens


def _bits(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 16 * layers * kv_heads * head_size * itemsize * tokens


def _kibibytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return layers * kv_heads * head_size * itemsize * tokens / 512


def _queries_too(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return layers * (heads + 2 * kv_heads) * head_size * itemsize * tokens


def _a_table(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * itemsize * tokens**2


_JUDGE = Numbers(
    solution=cache_bytes,
    names=("layers", "heads", "kv_heads", "head_size", "tokens", "itemsize"),
    parts=("bytes",),
    mistakes=(
        (_only_keys, "falta un factor 2: se guardan las claves y también los valores."),
        (_all_heads, "cuentas las cabezas de consulta; solo las de clave y valor (kv_heads) van a la caché."),
        (_one_layer, "cuentas una capa; cada capa tiene su caché."),
        (_two_bytes, "cuentas siempre dos bytes por número; los que ocupa los dice itemsize."),
        (_numbers_not_bytes, "cuentas números, no bytes: cada uno ocupa itemsize."),
        (_bits, "cuentas bits; un byte son ocho, e itemsize ya son bytes."),
        (_kibibytes, "das KiB; se piden bytes."),
        (_queries_too, "cuentas también las consultas, que no se guardan."),
        (
            _a_table,
            "elevas los tokens al cuadrado: cada uno guarda su clave y su valor una vez, y no un peso por pareja.",
        ),
        (_one_token, "cuentas un token; se guardan las claves y los valores de todos."),
        (_one_number_a_head, "cuentas un número por cabeza; una clave son head_size números."),
    ),
)

EXERCISE = Exercise(
    # each mistake errs by another factor: 2 · 5 · 3 · 7 · 11 · 1 = 2310 bytes, and 2 · 3 · 5 · 7 · 11 · 8 = 18480.
    # Mistral 7B: 2 · 32 · 8 · 128 · 2 = 131072 bytes a token; at 32768 tokens 2^17 · 2^15 = 2^32 bytes = 4 GiB.
    cases=(
        _JUDGE.case(5, 12, 3, 7, 11, 1),
        _JUDGE.case(3, 10, 5, 7, 11, 8),
        _JUDGE.case(32, 32, 8, 128, 32768, 2),
    ),
    hints=(
        "Por cada token, cada capa y cada cabeza de clave-valor se guardan dos vectores de head_size números.",
        "Las cabezas de consulta no se guardan: por eso GQA ahorra memoria.",
        "2 · layers · kv_heads · head_size · itemsize · tokens.",
    ),
    solution=cache_bytes,
    wrong=named(_JUDGE.mistakes),
)
