"""What compares: the words of a sentence that say who wins, or that one is more than another.

Verbs of winning in all their forms («supera», «ganó», «ha batido»), what costs or yields more or less («tarda menos»),
comparatives («más rápido», «mejor», «menos ruido que»), superlatives in -ísimo, equality («casi igual», «tan bueno
como»), places on a scale («por encima de»).

Leaves out: what a comparison is about. Words that only look like one are listed («en el mejor de los casos»).
"""

from __future__ import annotations

import re

from coursekit.course.text.verbs import finite


def _any(infinitives: str) -> str:
    return "(?:" + "|".join(finite(verb) for verb in infinitives.split()) + ")"


_WIN = "superar aventajar batir vencer derrotar destronar desbancar eclipsar empatar arrasar"
_WIN_OVER = "rebasar sobrepasar igualar dominar doblar adelantar destrozar"  # only somebody: «iguala a»
_MULTIPLY = "duplicar triplicar cuadruplicar quintuplicar sextuplicar decuplicar centuplicar"
_SPEND = (
    "rendir tardar gastar costar consumir ocupar acertar fallar pesar ahorrar correr aprender recordar generalizar "
    "escalar perder ganar retener durar olvidar comprimir predecir"
)
_INFINITIVES = "|".join(f"{_WIN} {_WIN_OVER} ganar mejorar".split())
_QUALITY = (
    r"(?:r[áa]pid|lent|precis|exact|barat|car[oa]s?\b|eficient|eficaz|eficac|potent|veloz|veloc|[áa]gil|liger|robust|fiable|"
    r"certer|fiel|capa[zc]|estable|compact|econ[óo]mic|inteligent|competent|productiv)\w*"
)
_TO = r"(?=\s+(?:al?|contra|frente|con|ante)\b)"
_ALONE = r"(?=\s+(?:al?|contra|frente|ante|por|siempre|en|de|y|con|cuando|si|m[áa]s|menos|claramente)\b|\s*(?:[.,;:)»!?…]|$))"
_RESOURCE = (
    r"(?:tiempo|espacio|memoria|claridad|intuici[óo]n|pr[áa]ctica|experiencia|confianza|sentido|peso|terreno|precisi[óo]n|"
    r"detalle|soltura|contexto|el\s+gradiente|informaci[óo]n)"
)
_ZERO = r"(?!\s+(?:o\s+igual\s+)?(?:que\s+|a\s+)?(?:cero|uno|una?\s+constante|[\ue001\ue003]|[-−]?\d|[a-zA-Zα-ω]\b(?<!\ba)))"
_EDGE = (  # por encima de la diagonal: a place in a drawing
    r"(?!\s+(?:(?:la|las|el|los|su|una?|cada|ese|esta?|del?)\s+)?(?:diagonal|l[íi]nea|eje|figura|tabla|umbral|cero|uno|raya|"
    r"t[íi]tulo|texto|c[óo]digo|margen|fila|columna|bloque|recuadro|caja|todo|nivel\s+del\s+mar|flecha|imagen|celda)\b)(?!\s+[\ue001\ue003\d])"
)

# Who wins: asked of everything, alternative texts included.
_WINS = rf"""
  \b(?<!se\ )(?<!\bun\ )(?<!\bel\ ){_any(_WIN)}\b
| \b(?<!se\ ){_any(_WIN_OVER)}\b(?=\s+al?\b)
| \b(?<!se\ ){finite("ganar").join(("(?:", ")"))}\b(?!\s+{_RESOURCE})
| \b(?<!se\ ){finite("perder").join(("(?:", ")"))}\b{_ALONE}(?!\s+de\s+vista)
| \b(?:{_INFINITIVES})\b(?=\s+al?\b)(?!\s+al\s+\w+[aei]r\b)
| (?<!\bla\ )(?<!\buna\ )(?<!\besta\ )(?<!\bse\ )(?<!\bcada\ )(?<!\bsu\ )(?<!\bque\ )\b{_any("mejorar empeorar")}\b
  (?!\s+(?:al\s+\w+[aei]r|con|si|cuando|continua|poco\s+a\s+poco)\b)(?!\s*:)
| \b{_any(_MULTIPLY)}\b
| \b(?:m[áa]s|menos)\ (?:[^\W\d_]+mente\ )?{_QUALITY}
| \b(?:doble|triple)\ de\ (?:{_QUALITY}|deprisa|despacio)
| (?<!a\ lo\ )(?<!\ben\ el\ )(?<!\bcaso\ )(?<!\bdel\ )\b(?:mejor|peor)(?:es)?\b
  (?!\s+(?:dicho|no|as[íi]|a[úu]n|si|para\s*:|para\b[^.;,]*:|que\s+nunca|manera|forma|modo|momento|caso|casos|dato|prueba\b|de\s+los\s+casos))
  (?!\s+(?:es|ser[áa]|sería)?\s*[^\W\d_]+[aei]r(?:l[aeo]s?|se)?\b)(?!\s*:)
| \b(?:superior|inferior)(?:es)?\ al?\b{_ZERO}
| \b(?!much|poqu|poc|bien|algun|ningun)[^\W\d_]{{3,}}[íi]sim(?:o|a|os|as|amente)\b(?<!mismo)(?<!mísimo)
| \b(?:imbatibles?|insuperables?|inigualables?|imbatid[oa]s?|sin\ (?:rival|igual|competencia)|estado\ del\ arte)\b
| \b(?:casi\ )igual(?:es)?\b | \bigual(?:es)?\ de\ (?:{_QUALITY}|deprisa|despacio|buen[oa]s?|bien|mal[oa]?s?|larg[oa]s?|grandes?)\b
| \btan\ (?!pronto|importante|necesari|solo|sólo|siquiera|claro)[^\W\d_]+\ como\b(?!\ (?:se\ |haga|hiciera|quier|sea\b|fuera\b|puede|pued))
"""
# What is more than what: asked of sentences. A figure's alternative text says which curve lies above.
_MORE = rf"""
  \b(?:m[áa]s|menos)\ (?:deprisa|despacio)\b |
  \b(?:mayor|menor)(?:es)?\ que\b{_ZERO}
| \b(?<!se\ ){_any(_SPEND)}(?:\s+(?:muchísimo|mucho|bastante|algo|un\ poco|poco|siempre|aún|todavía|hasta|casi))?
  \s+(?:m[áa]s|menos|mejor|peor|antes|igual|lo\ mismo)\b(?!\s+(?:o\s+menos|adelante|bien|all[áa]|tarde|que\s+nada|a\s+menudo|de\b))
| \b(?:usan?|usaba|necesitan?|requieren?)\s+(?:muchísimo\s+|mucho\s+|bastante\s+)?menos\b
| (?<!\ba\ )(?<!\bal\ )(?<!\blo\ )(?<!nada\ )(?<!\bni\ )(?<!\bno\ )(?<!\bpor\ )(?<!\bmás\ o\ )\b(?:m[áa]s|menos)
  (?!(?:\ [^\W\d_]+)?\ que\ (?:nada|otr[oa]s?)\b)(?!\ adelante)(?!\ o\ menos)(?:\ [^\W\d_]+){{0,2}}(?<!\ del)(?<!\ lo)(?<!\ de)\ que\b(?!\ (?:nada|nunca|eso\b))
| \b(?:por\ encima|por\ debajo)\ del?\b{_EDGE}
"""
_FLAGS = re.VERBOSE | re.IGNORECASE
WINS = re.compile(_WINS, _FLAGS)
_EITHER = re.compile(f"{_WINS}|{_MORE}", _FLAGS)
_ONLY = re.compile(r"\bno\b[^.;:]*?\b(?:m[áa]s\s+que|menos\s+que)\b", re.IGNORECASE)  # no usa más que sumas


_QUESTION = re.compile(r"¿(?:[^\W\d_]+\s)?(?:qu[ée]|qui[ée]n(?:es)?|cu[áa]l(?:es)?|cu[áa]nt[oa]s?|d[óo]nde|cu[áa]ndo)\b[^?]*\?", re.IGNORECASE)


def comparisons(text: str, *, drawn: bool = False) -> list[str]:
    """The words of a sentence that compare.

    Args:
        text: one sentence, its spaces single.
        drawn: whether it describes a figure, and so says which curve lies above which.
    """
    text = _QUESTION.sub(lambda match: "·" * len(match[0]), text)
    only = _ONLY.search(text)
    found = (WINS if drawn else _EITHER).finditer(text)
    return [match[0] for match in found if not (only and match[0].endswith(" que") and match.end() == only.end())]
