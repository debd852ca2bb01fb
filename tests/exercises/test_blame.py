import linecache
import textwrap

import pytest
import torch

from coursekit.exercises.blame import Watched


def cell(source, file="/tmp/ipykernel_1/123.py", **names):
    """What a notebook does with a cell: compiled under a name of its own, its lines kept for tracebacks."""
    source = textwrap.dedent(source).lstrip("\n")
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)
    return names


def place_of(function, *arguments):
    watched = Watched(function)
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        watched(*arguments)
    assert watched.raised is caught.value
    return watched.place()


def test_the_line_is_that_of_the_cell_and_its_text():
    f = cell(
        """
        def f(x):
            y = x + 1
            return y / 0
        """
    )["f"]
    assert place_of(f, 1) == "línea 3: return y / 0"


def test_where_a_library_fails_the_line_is_that_of_the_call():
    f = cell(
        """
        import statistics, torch
        def f(x):
            if x:
                return statistics.mean([])
            return torch.nn.Linear(2, 3)(
                torch.zeros(4))
        """
    )["f"]
    assert place_of(f, 1) == "línea 4: return statistics.mean([])"
    assert place_of(f, 0).startswith("línea 5: return torch.nn.Linear(2, 3)(")


def test_a_function_of_another_cell_is_the_students_too():
    helper = cell("def helper(x):\n    return x.nothing\n", "/tmp/ipykernel_1/7.py")["helper"]
    f = cell("def f(x):\n    return helper(x)\n", helper=helper)["f"]
    assert place_of(f, 1) == "línea 2: return x.nothing"


def test_a_kernel_of_the_course_is_a_library_too():
    from coursekit.attention.dot_product.reference import attention

    f = cell("def f(q):\n    return attention(q, q, q)\n", attention=attention)["f"]
    assert place_of(f, torch.zeros(3)) == "línea 2: return attention(q, q, q)"


def test_without_a_line_of_the_students_there_is_none_to_tell():
    assert place_of(len, 3) == ""  # in C
    assert place_of(lambda: 1, 3) == ""  # it was never entered
    assert Watched(len).place() == ""


def test_without_the_text_the_number_will_do():
    names = {}
    exec("def f(x):\n    return 1 / x\n", names)
    assert place_of(names["f"], 0) == "línea 2"


def test_a_long_line_is_cut_and_a_deep_recursion_has_its_line():
    f = cell("def f(x):\n    return f(x) + " + " + ".join(["1"] * 60) + "\n")["f"]
    place = place_of(f, 1)
    assert place.startswith("línea 2: return f(x) + 1 + 1")
    assert place.endswith("…")
    assert len(place) < 100
