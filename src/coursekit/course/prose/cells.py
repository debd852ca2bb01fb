"""The gate of the numbers over a notebook's code cells: what they print and comment is measured, not typed.

A string or a comment with a size in it («Acierto medido: 99,8 %», «# 35 veces menos») is a measurement that nothing
keeps true: print the value, `print(f"{accuracy:.1f} %")`. Numbers without % or ×, and the sizes of an experiment in
words, are the code's own («# dos canales», «cuatro veces más pasos»). Titles and alternative texts of figures may not
say who wins, either; they may say which curve lies above.

Leaves out: what a string is used for, and cells that are no Python (`coursekit.course.notebooks.cells` names them).
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator

from coursekit.course.finding import Finding
from coursekit.course.prose.documents import Document, Passage
from coursekit.course.prose.prose import Prose
from coursekit.course.text.comparisons import comparisons
from coursekit.course.text.numbers import NUMBER, SAFE, sentences_of, shown

_FIGURE = ("alt", "title", "label", "xlabel", "ylabel")  # keywords whose strings a figure shows
_TYPED = re.compile(
    rf"{NUMBER.pattern}[\s\u00a0\u202f]?(?:[%‰×](?!\s?(?:\d|\w\b|[(]))|(?:veces|por\s+cien\w*|de\s+cada|[µnm]s|segundos?|[KMGT]i?B)\b)|×\s?\d"
)
_FIELD = re.compile(r"\{[^{}]*\}|(?<!\d)(?<!\d\s)%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z%]")  # of a format string
_REMEDY = 'print what was measured (f"{value:.1f} %"), or say it without the number'


def check(prose: Prose) -> Iterator[Finding]:
    """Sizes that are typed in strings and comments of code cells, and comparisons in what figures show."""
    for document in prose.documents:
        if document.path.suffix == ".ipynb":
            for passage in _cells(document):
                yield from _check(passage)


def _cells(document: Document) -> Iterator[Passage]:
    """The code cells, each under the title of the Markdown above it."""
    titles = {passage.number: passage.title for passage in document.passages}
    title = ""
    for number, cell in enumerate(json.loads(document.path.read_text(encoding="utf-8"))["cells"], start=1):
        title = titles.get(number, title)
        if cell["cell_type"] == "code":
            yield Passage(document.name, "cell", number, title, "".join(cell["source"]))


def _check(passage: Passage) -> Iterator[Finding]:
    for text in _said(passage.text):
        for sentence in sentences_of(text):
            for match in _TYPED.finditer(sentence):
                yield passage.finding(0, f"«{shown(sentence)}»", f"{match[0]} is typed, not measured", _REMEDY)
    for text in dict.fromkeys(_shown(passage.text)):
        for sentence in sentences_of(text):
            for words in comparisons(" ".join(sentence.split()), drawn=True):
                remedy = "say what is drawn, and leave the verdict to a claim"
                yield passage.finding(0, f"«{shown(sentence)}»", f"«{words}» compares in a figure", remedy)


def _said(code: str) -> Iterator[str]:
    """The comments and the strings of a cell; what an f-string computes is a mark in it."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                yield token.string.lstrip("#! ")
    except (tokenize.TokenError, IndentationError, SyntaxError):
        pass  # a cell with a magic: its comments up to there
    yield from (_FIELD.sub(SAFE, text) for text in _strings(_parsed(code)))


def _parsed(code: str) -> ast.AST:
    try:
        return ast.parse(code)
    except SyntaxError:
        return ast.Module([], [])


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            yield _text(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        else:
            yield from _strings(node)


def _text(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else SAFE for part in parts)


def _shown(code: str) -> Iterator[str]:
    """What the figures and the tables of a cell show in words."""
    for node in ast.walk(_parsed(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("record_table", "Row"):
            yield from _strings(node)
        if isinstance(node, ast.keyword) and node.arg in _FIGURE:
            yield from (text for text in [_text(node.value)] if text != SAFE)
