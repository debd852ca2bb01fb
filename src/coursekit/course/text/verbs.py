"""The forms of a Spanish verb, by rule: what a text may write of «superar» in the third person and in the first plural."""

from __future__ import annotations

import re

_ENDINGS = {
    "ar": (
        "a an aba aban ábamos ó aron amos e en emos ara aran ase asen áramos ando",
        "ará arán aremos aría arían aríamos",
        "ado",
    ),
    "er": (
        "e en emos ía ían íamos ió ieron imos a an amos iera ieran iese iesen iéramos iendo",
        "erá erán eremos ería erían eríamos",
        "ido",
    ),
    "ir": (
        "e en emos ía ían íamos ió ieron imos a an amos iera ieran iese iesen iéramos iendo",
        "irá irán iremos iría irían iríamos",
        "ido",
    ),
}
_STRESSED = {"perder": "pierd", "costar": "cuest", "acertar": "aciert", "recordar": "recuerd", "rendir": "rind"}
_HAVE = "ha|han|hab[ií]a|hab[ií]an|habr[áa]|habr[áa]n|habr[íi]a|habr[íi]an|haya|hayan|hubiera|hubieran|haber|habiendo|hemos"


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
    if kind == "ar" and ending[0] in "eé":
        return re.sub("[czg]$", lambda end: {"c": "qu", "z": "c", "g": "gu"}[end[0]], stem) + ending
    return (stem[:-1] + "z" if kind != "ar" and stem.endswith("c") and ending[0] in "aá" else stem) + ending
