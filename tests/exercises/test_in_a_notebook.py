"""The life of a student: cells in a real kernel, a loop that does not end, a check in the middle of a cell."""

import nbformat
import pytest

pytestmark = pytest.mark.slow

LOOP = """\
def causal_mask(T, window=None):
    i = 0
    while i < T:
        pass


check("02.1", causal_mask)"""

STUBBORN = """\
def merge(a, b):
    while True:
        try:
            1 / 0
        except:
            continue


check("02.2", merge)
after = 1"""

FAILS = """\
def merge(a, b):
    m = max(a[0], b[0])
    return m, a[1] + b[9]


verdict = check("02.2", merge)"""

EXITS = """\
def merge(a, b):
    if a:
        exit()


check("02.2", merge)"""

FLOODS = """\
def merge(a, b):
    while True:
        print("x" * 50)


check("02.2", merge)"""

GROWS = """\
def merge(a, b):
    rows = []
    while True:
        rows.append(bytearray(10**8))


check("02.2", merge)"""

RIGHT = """\
def cache_bytes(layers, heads, kv_heads, head_size, tokens, itemsize=2):
    return 2 * layers * kv_heads * head_size * itemsize * tokens


check("02.3", cache_bytes)"""


@pytest.fixture(scope="module")
def said():
    """What each cell shows, as text."""
    from nbclient import NotebookClient

    start = "from coursekit.exercises import check, checking\nchecking.SECONDS = 1.0"
    cells = [start, LOOP, STUBBORN, FAILS, EXITS, FLOODS, GROWS, RIGHT, "verdict, after"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [
        [output.get("text") or output["data"]["text/plain"] for output in cell.outputs] for cell in notebook.cells
    ]
    return dict(zip(cells, map("".join, outputs)))


def test_a_loop_that_does_not_end_ends_with_its_line(said):
    assert (
        "❌ Ejercicio 02.1 (la máscara causal y la ventana): con la entrada T = 1, tu función no ha terminado en 1"
        in said[LOOP]
    )
    assert "¿Hay un bucle que no acaba? (línea 4: pass)" in said[LOOP] or "(línea 3: while i < T:)" in said[LOOP]


def test_one_that_catches_everything_ends_too_and_the_cell_goes_on(said):
    assert "tu función no ha terminado en 1 segundos" in said[STUBBORN]
    assert said["verdict, after"].endswith("1)")


def test_what_ends_the_kernel_floods_the_page_or_fills_the_memory_is_survived(said):
    assert "falla con SystemExit (línea 3: exit()). Una función termina con return, no con exit()." in said[EXITS]
    assert len(said[FLOODS]) < 11_000
    assert "tu función imprime más, que no se muestra" in said[FLOODS]
    assert "tu función no ha terminado en 1 segundos" in said[FLOODS]
    assert "MemoryError (línea 4: rows.append(bytearray(10**8))). ¿Hay algo que crece" in said[GROWS] or (
        "tu función no ha terminado en 1 segundos" in said[GROWS]
    )


def test_an_exception_has_its_line_and_a_check_in_the_middle_of_a_cell_is_not_silent(said):
    assert "tu función falla con IndexError: tuple index out of range (línea 3: return m, a[1] + b[9])" in said[FAILS]
    assert said["verdict, after"].startswith("(❌ Ejercicio 02.2")


def test_a_verdict_at_the_end_of_a_cell_is_said_once(said):
    assert said[RIGHT] == "✅ Ejercicio 02.3 (los bytes de una conversación): correcto (3 casos).\n"
