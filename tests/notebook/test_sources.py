import math as maths
from collections import Counter, OrderedDict  # noqa: F401
from itertools import chain as joined

import pytest
import torch.nn.functional

from coursekit.notebook.sources import source_of


def kernel(x, most=maths.inf):
    """A docstring.

    Of two paragraphs.
    """
    counts = Counter(joined(x))
    return torch.nn.functional.relu(torch.tensor([min(n, most) for n in counts.values()]))


BODY = """\
    counts = Counter(joined(x))
    return torch.nn.functional.relu(torch.tensor([min(n, most) for n in counts.values()]))"""


def test_the_source_without_its_docstring_unless_asked_for():
    assert source_of(kernel) == f"def kernel(x, most=maths.inf):\n{BODY}"
    assert "Of two paragraphs." in source_of(kernel, docstring=True)


def test_the_imports_that_it_needs_and_no_others():
    head, _, rest = source_of(kernel, imports=True).partition("\n\n\n")
    assert head.splitlines() == [
        "import math as maths",
        "from collections import Counter",
        "from itertools import chain as joined",
        "import torch.nn.functional",
    ]
    assert rest == source_of(kernel)
    cell = {}
    exec(source_of(kernel, imports=True), cell)
    assert cell["kernel"]("aab").tolist() == [2, 1]


def test_what_needs_no_import_has_none():
    def plain(x):
        return x + 1

    assert source_of(plain, imports=True) == "def plain(x):\n    return x + 1\n"
    with pytest.raises(OSError, match="source"):
        source_of(eval("lambda: 1"))
