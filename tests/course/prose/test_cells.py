"""Sizes that are typed in code cells, and comparisons in what figures show."""

import json
from pathlib import Path

import pytest
from minicourse import MiniCourse
from prosecourse import SLUG, prose_of, sound

from coursekit.course.prose import cells


@pytest.fixture
def course(tmp_path: Path) -> MiniCourse:
    return sound(tmp_path / "course")


def gate(course: MiniCourse, code: str) -> list[str]:
    path = course.layout.notebooks / f"{SLUG}.ipynb"
    document = json.loads(path.read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "outputs": [], "execution_count": None, "source": [code]}
    document["cells"] = [*document["cells"][:2], cell]
    path.write_text(json.dumps(document), encoding="utf-8")
    return [str(finding) for finding in cells.check(prose_of(course))]


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ('print("Acierto medido: 99,8 %")', "99,8 %"),
        ('print(f"{x} y 99 %")', "99 %"),
        ('print("con el 99 % de los datos")', "99 %"),
        ('print("con el 99% de los datos")', "99%"),
        ("x = 1  # 35× más rápido", "35×"),
        ("# gasta 35 veces menos", "35 veces"),
        ('title = "tarda 35 ms"', "35 ms"),
        ("%timeit f()\n# acierta 9 de cada 10", "9 de cada"),
    ],
)
def test_a_typed_size_is_found(course: MiniCourse, code: str, number: str) -> None:
    (found,) = gate(course, code)
    assert found.startswith(f"notebooks/{SLUG}.ipynb, cell 3 «1. La suma»: ")
    assert f"{number} is typed, not measured; print what was measured" in found


@pytest.mark.parametrize(
    "code",
    [
        'print(f"{accuracy:.1f} %")',
        'print(f"{x:.0%} de acierto")',
        'print("%.1f %%" % x)',
        "x = 10 % 3  # 10 % n",
        'record("a", x, "%")',
        "n = 64  # 64 tokens, dos canales",
        'label = "cuatro veces más pasos"',
        'axes.plot(x, y, "o--", label=f"{n} capas")',
    ],
)
def test_code_is_none(course: MiniCourse, code: str) -> None:
    assert gate(course, code) == []


def test_a_figure_says_what_is_drawn_and_not_who_wins(course: MiniCourse) -> None:
    assert (
        gate(course, 'record_figure("a", f, alt="La curva de Mamba queda por debajo de la otra y baja antes.")') == []
    )
    (found,) = gate(course, 'record_figure("a", f, alt="Mamba gana a todos.")')
    assert "«Mamba gana a todos.»: «gana» compares in a figure" in found
    (found,) = gate(course, 'axes.set(title=f"{name} es el mejor")')
    assert "«# es el mejor»: «mejor» compares in a figure" in found


def test_a_table_says_what_was_measured_and_not_who_wins(course: MiniCourse) -> None:
    assert gate(course, 'record_table("Acierto", {"a": ("con atención", x, "%"), "b": Row("sin ella", y)})') == []
    (found,) = gate(course, 'record_table("Acierto", {"a": Row("Mamba gana a todos.", x)})')
    assert "«Mamba gana a todos.»: «gana» compares in a figure" in found
    (found,) = gate(course, 'record_table("La atención es mejor", {"a": (f"{n} capas", x)})')
    assert "«mejor» compares in a figure" in found
    (found,) = gate(course, 'record_table("Acierto", {"a": ("con el 99 % de los datos", x)})')
    assert "99 % is typed, not measured" in found
