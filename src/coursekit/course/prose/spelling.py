"""Spanish spelling: every word that neither the dictionary, nor modules/words.txt, nor the bibliography knows.

One run of cspell for all documents. It sees words only: no code, formulas, addresses, italics or acronyms.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coursekit.course.errors import CourseError
from coursekit.course.finding import Finding
from coursekit.course.layout import Layout, read_text
from coursekit.course.prose.documents import Passage
from coursekit.course.prose.prose import Prose
from coursekit.course.prose.tools import run_tool, tools_project
from coursekit.course.text.mask import blank, words_only

WORDS = "words.txt"  # in modules/
# The dictionary has no verbs with pronouns: apagar·las, apagándo·las. Imperatives (míralas) go to the word list.
_INFINITIVE = re.compile(r"(?<=\w\w\w[aei]r)(?:se)?l[aeo]s?\b")
_GERUND = re.compile(r"(á|é)ndo((?:[mts]e|nos)?(?:l[aeo]s?)?)\b")


def check(prose: Prose) -> Iterator[Finding]:
    """Every misspelt word of the Spanish documents, with its suggestions.

    Raises:
        CourseError: if Node.js or cspell is missing or fails.
    """
    passages = [passage for document in prose.documents if document.spanish for passage in document.passages]
    with tempfile.TemporaryDirectory(prefix="coursekit-") as name:
        folder = Path(name)
        texts = [_verbs_alone(words_only(passage.text)) for passage in passages]
        for i, text in enumerate(texts):
            (folder / f"{i}.txt").write_text(text, encoding="utf-8", newline="")
        issues = _cspell(prose.layout, folder, _known(prose))
    issues.sort(key=lambda issue: (_index(issue), issue["offset"]))
    for issue in _once(issues):
        yield _finding(passages[_index(issue)], issue, _place(texts[_index(issue)], issue["offset"]))


def _known(prose: Prose) -> list[str]:
    """The course's own words, and the names of the authors that it cites."""
    path = prose.layout.modules / WORDS
    lines = read_text(path).splitlines() if path.exists() else []
    words = [word for line in lines for word in line.partition("#")[0].split()]
    names = " ".join(author for reference in prose.references.values() for author in reference.authors)
    return sorted({*words, *re.findall(r"[^\W\d_]+", names)})


def _verbs_alone(text: str) -> str:
    text = _INFINITIVE.sub(blank, text)
    return _GERUND.sub(lambda m: {"á": "a", "é": "e"}[m[1]] + "ndo" + " " * len(m[2]), text)


def _cspell(layout: Layout, folder: Path, words: list[str]) -> list[dict]:
    config = {"version": "0.2", "import": [str(tools_project(layout) / "cspell.config.yaml")], "words": words}
    (folder / "cspell.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    arguments = ["lint", "--config", "cspell.json", "--no-config-search", "--no-default-configuration"]
    arguments += ["--no-progress", "--show-suggestions", "--reporter", "@cspell/cspell-json-reporter", "*.txt"]
    said = run_tool(layout, "cspell/bin.mjs", arguments, folder).stdout
    try:
        report = json.loads(said)
    except json.JSONDecodeError as error:
        raise CourseError(f"cspell gave no report: {' '.join(said.split())[:400]}") from error
    if report["error"]:
        raise CourseError(f"cspell failed: {report['error'][0]['message']}")
    return report["issues"]


def _once(issues: list[dict]) -> list[dict]:
    """Each word once a passage."""
    return list({(_index(issue), issue["text"]): issue for issue in reversed(issues)}.values())[::-1]


def _index(issue: dict) -> int:
    return int(Path(issue["uri"]).stem)


def _place(text: str, units: int) -> int:
    """The character at an offset of cspell's, which counts as JavaScript does: 🤖 is two."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore"))


def _finding(passage: Passage, issue: dict, at: int) -> Finding:
    """cspell cuts FlashAttention in two; the finding names the whole, and guesses only for what was not cut."""
    whole = (m[0] for m in re.finditer(r"[\w\u0300-\u036f]+", passage.text) if m.start() <= at < m.end())
    word = next(whole, issue["text"])
    guesses = " or ".join(f"«{guess}»" for guess in issue.get("suggestions", [])[:2] if word == issue["text"])
    remedy = f"write {guesses or 'it right'}, *{word}* if it is foreign, or add it to modules/{WORDS}"
    return passage.finding(at, f"«{word}»", "is not a Spanish word", remedy)
