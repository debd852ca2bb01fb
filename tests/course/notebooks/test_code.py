"""What a cell defines: IPython says what is Python in it, and what `%%time` runs is read as well."""

import pytest

from coursekit.course.notebooks.code import definitions, loop_depth, parse

LOOPS = "for i in range(2):\n    for j in range(2):\n        for k in range(2):\n            print(i)"


@pytest.mark.parametrize(
    "cell",
    [
        "ficheros = !ls",
        "x = (10\n% 3)",
        "x = %time f()",
        "%matplotlib inline",
        "for x in range(3):\n    !echo {x}",
        "%%bash\nif [ -f a ]; then ls; fi",
        "%%time\nx = 1",
        "f?",
        "await f()",
        "texto = '''\n%cd\n!ls\n'''",
        "",
    ],
)
def test_what_ipython_runs_is_python(cell):
    parse(cell)


@pytest.mark.parametrize("cell", ["a = = 1", "def f(:", "x = (10", "x = '\0'", "-" * 100_000 + "1", "no es código"])
def test_what_ipython_cannot_run_is_none(cell):
    with pytest.raises(SyntaxError):
        parse(cell)


@pytest.mark.parametrize("magic", ["%%time", "%%capture out\n%%time", "%%timeit -n 1", "!ls \\\n  -a", "%cd a"])
def test_no_magic_hides_an_algorithm(magic):
    cell = f"{magic}\ndef f():\n    '''Doc.'''\n    # no\n\n    return 1\n{LOOPS}"
    tree = parse(cell)
    assert list(definitions(tree, cell)) == [("f", 2)]
    assert loop_depth(tree) == 3
