"""Exercise: how many bytes does a conversation occupy? (the cache of keys and values)."""

from coursekit.exercises.checking import Case, Exercise


def cache_bytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    """Bytes of the cache of keys and values for one sequence of `tokens` tokens."""
    return 2 * layers * kv_heads * head_size * itemsize * tokens


def _only_keys(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return layers * kv_heads * head_size * itemsize * tokens


def _all_heads(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * heads * head_size * itemsize * tokens


def _one_layer(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * kv_heads * head_size * itemsize * tokens


_NAMES = ("layers", "heads", "kv_heads", "head_size", "tokens", "itemsize")


def _case(*arguments):
    wanted = cache_bytes(*arguments)
    layers, heads, kv_heads = arguments[:3]

    def problem(answer):
        if answer == wanted:
            return None
        if isinstance(answer, int | float) and answer * 2 == wanted:
            return "falta un factor 2: se guardan las claves y también los valores."
        if isinstance(answer, int | float) and answer * kv_heads == wanted * heads and heads != kv_heads:
            return "cuentas las cabezas de consulta; solo las de clave y valor (kv_heads) van a la caché."
        if isinstance(answer, int | float) and answer * layers == wanted:
            return "cuentas una capa; cada capa tiene su caché."
        return f"se esperaban {wanted} bytes y devuelve {answer!r}."

    return Case(arguments, problem, shown=", ".join(f"{n} = {a}" for n, a in zip(_NAMES, arguments)))


EXERCISE = Exercise(
    # Mistral 7B: 2 · 32 · 8 · 128 · 2 = 131072 bytes a token; at 32768 tokens 2^17 · 2^15 = 2^32 bytes = 4 GiB.
    cases=(_case(1, 1, 1, 1, 1, 2), _case(3, 4, 1, 8, 10, 4), _case(32, 32, 8, 128, 32768, 2)),
    hints=(
        "Por cada token, cada capa y cada cabeza de clave-valor se guardan dos vectores de head_size números.",
        "Las cabezas de consulta no se guardan: por eso GQA ahorra memoria.",
        "2 · layers · kv_heads · head_size · itemsize · tokens.",
    ),
    solution=cache_bytes,
    wrong={"only keys": _only_keys, "all heads": _all_heads, "one layer": _one_layer},
)
