"""The forms of a Spanish verb, by rule: what a text may write of «superar», in third persons and the first plural.

Without accents, as the text that is asked is (fold.py).
"""

from __future__ import annotations

import re

_OTHER = "e en emos ia ian iamos io ieron imos a an amos iera ieran iese iesen ieramos iendo"
_ENDINGS = {  # after the stem that may be stressed; after the other; participle
    "ar": (
        "a an aba aban abamos o aron amos e en emos ara aran ase asen aramos ando",
        "aremos aria arian ariamos",
        "ado",
    ),
    "er": (_OTHER, "era eran eremos eria erian eriamos", "ido"),
    "ir": (_OTHER, "ira iran iremos iria irian iriamos", "ido"),
}
MULTIPLY = "duplicar triplicar cuadruplicar quintuplicar sextuplicar septuplicar octuplicar decuplicar centuplicar"
_STRESSED = {"perder": "pierd", "costar": "cuest", "acertar": "aciert", "recordar": "recuerd", "rendir": "rind"}
_HAVE = "ha|han|hemos|habia|habian|habra|habran|habria|habrian|haya|hayan|hubiera|hubieran|haber|habiendo"


def any_of(infinitives: str) -> str:
    """A pattern for the forms of any of these verbs.

    Args:
        infinitives: one after the other, with spaces between them.
    """
    return "(?:" + "|".join(map(finite, infinitives.split())) + ")"


def finite(infinitive: str) -> str:
    """A pattern for the finite forms of a verb, its gerund and its compound tenses.

    Args:
        infinitive: in -ar, -er or -ir.
    """
    stem, kind = infinitive[:-2], infinitive[-2:]
    stems = {stem, _STRESSED.get(infinitive, stem)}
    plain, long, participle = _ENDINGS[kind]
    forms = {_joined(s, ending, kind) for s in stems for ending in plain.split()} | {stem + end for end in long.split()}
    compound = rf"(?:{_HAVE})\s+{stem}{participle}"
    return "|".join([compound, *sorted(forms, key=lambda form: (-len(form), form))])


def _joined(stem: str, ending: str, kind: str) -> str:
    """As it is spelt: -car has qu before e, -zar has c, -gar has gu; -cer has z before a."""
    if kind == "ar" and ending[0] == "e":
        return re.sub("[czg]$", lambda end: {"c": "qu", "z": "c", "g": "gu"}[end[0]], stem) + ending
    return (stem[:-1] + "z" if kind != "ar" and stem.endswith("c") and ending[0] == "a" else stem) + ending
