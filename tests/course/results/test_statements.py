"""What a statement binds, reads, and may change in place."""

import pytest

from coursekit.course.results.statements import Statement, names_in, read_statements


def one(source) -> Statement:
    (statement,) = read_statements(source)
    return statement


@pytest.mark.parametrize(
    ("source", "binds", "reads", "later"),
    [
        ("x = y", "x", "y", ""),
        ("x += y", "x", "x y", ""),  # what it was before counts
        ("x: Kind = y", "x", "y", ""),  # an annotation says nothing
        ("(x, [y, *z]) = a", "x y z", "a", ""),
        ("x[i] = y", "", "x i y", ""),
        ("if (x := y) > z: w = 1", "x w", "y z", ""),
        ("def f(a, b=c):\n    d = a\n    return d + e", "f", "c", "e"),
        ("def f(a: Kind) -> Kind:\n    return a", "f", "", ""),
        ("def f():\n    global n\n    n = 1", "f", "", ""),  # binds it when it is called, and reads it never
        ("@wrap(k)\ndef f():\n    return e", "f", "wrap k", "e"),
        ("@wrap\nclass A(B):\n    size = s\n    def f(self):\n        return t", "A", "wrap B s", "t"),
        ("f = lambda a: a + b", "f", "", "b"),
        ("x = [a + b for a in c if a > d]", "x", "b c d", ""),
        ("x = {a: b for a in c}", "x", "b c", ""),
        ("x = {b: a for a in c}", "x", "b c", ""),
        ("x = {f(a, b) for a in c}", "x", "f b c", ""),
        ("x = list(f(a) for a in c)", "x", "list f c", ""),
        ("x = [lambda: a + b for a in c]", "x", "c", "b"),
        ("for a in c:\n    f(a)", "a", "c f", ""),
        ("for a in c:\n    fs.append(lambda: a + k)", "a", "c fs", "k"),
        ("import a.b as c, d.e", "c d", "", ""),
        ("from a import b, c as d", "b d", "", ""),
    ],
)
def test_names(source, binds, reads, later):
    statement = one(source)
    found = statement.binds, statement.reads, statement.later
    assert found == tuple(frozenset(names.split()) for names in (binds, reads, later))


@pytest.mark.parametrize(
    ("source", "touches"),
    [
        ("f(x, y[0], *z, k=w.a)", "x y z w"),
        ("m.table.update(x)", "m x"),
        ("y = m.fit(x)", "m x"),
        ("x.a = 1", "x"),
        ("x[0][1] = 1", "x"),
        ("del x['a']", "x"),
        ("y = x + 1", ""),
        ("x = [f(y) for y in z]", "y"),
        ("print(x)", ""),
        (
            "record('a', x)\nrecord_table('t', {'a': Row('b', x)})\n"
            "record_figure('f', x)\ndisplay(x)\nshow_source(x)\nplt.plot(x)",
            "",
        ),
        ("def f():\n    g(x)", ""),  # not before it is called
        ("import f", ""),
    ],
)
def test_what_it_may_change_in_place(source, touches):
    found = [statement.touches() for statement in read_statements(source)]
    assert frozenset().union(*found) == frozenset(touches.split())


@pytest.mark.parametrize(
    ("source", "draws"),
    [
        ("figure, axes = plt.subplots()", "figure axes"),
        ("left = axes[0].twinx()", "left"),
        ("for i, panel in enumerate(axes.flat):\n    pass", "i panel"),
        ("for panel, name in zip(axes, names):\n    pass", "panel name"),
        ("for panel in list(axes):\n    pass", "panel"),
        ("for name in sorted(axes):\n    pass", ""),  # may be anything
        ("model = Model(axes)", ""),
        ("for name in names:\n    axes.plot(name)", ""),
    ],
)
def test_what_belongs_to_a_figure(source, draws):
    assert one(source).draws(frozenset({"plt", "axes"})) == frozenset(draws.split())


@pytest.mark.parametrize(
    ("source", "sure", "fixed"),
    [
        ("x = 1", True, True),
        ("x, y = 1, 'a'", True, True),
        ("x, y = 1, Model()", True, False),
        ("lesson = begin('09')", True, True),
        ("model = Model()", True, False),
        ("if a:\n    x = 1", False, False),
        ("while a:\n    x = 1", False, False),
        ("try:\n    import x\nexcept ImportError:\n    x = None", False, False),
        ("with a:\n    x = 1", True, False),
        ("def f():\n    pass", True, True),
        ("import a", True, True),
    ],
)
def test_what_binds_for_sure_and_what_stays_as_it_is(source, sure, fixed):
    assert (one(source).is_sure, one(source).is_fixed) == (sure, fixed)


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("x = open('a.txt')", {"a.txt"}),
        ("x = open(file='a.txt')", {"a.txt"}),
        ("x = root / 'a' / 'b.txt'", {"a", "b.txt", "a/b.txt"}),
        ("x = root / 'a' / name / 'b.txt'", {"a", "b.txt"}),
        ("x = 'a.txt'", set()),
        ("x = y - 'a.txt'", set()),
    ],
)
def test_texts_that_may_name_a_file(source, texts):
    assert one(source).paths == texts


def test_statements_that_share_lines_are_told_apart():
    for source in ("a = 1; b = c", "a = [\n    1]; b = c", "x = 0\na = 1; b = (\n    c)\ny = 2"):
        found = {tuple(s.binds): s.reads for s in read_statements(source)}
        assert (found["a",], found["b",]) == (frozenset(), frozenset({"c"}))
    assert [s.source for s in read_statements('"""Text."""\na = 1\n"alone"\nb = 2  # two')] == ["a = 1", "b = 2  # two"]


def test_a_name_is_told_with_the_attributes_that_follow_it():
    statement = one("y = ssm.scan.f(x.a)(ssm) + g")
    assert statement.uses == {("ssm", ("scan", "f")), ("x", ("a",)), ("ssm", ()), ("g", ()), ("y", ())}


def test_names_of_an_expression_are_those_of_now_and_those_of_later():
    (call,) = (statement.node.value for statement in read_statements("f(lambda a: a + b, [c for c in d])"))
    assert names_in(call) == {"f", "b", "d"}
