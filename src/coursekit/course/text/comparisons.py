"""What compares: the words of a sentence that say who wins, or that one is more than another.

Verbs of winning in all their forms («supera», «ganó», «ha batido»), what costs or yields more or less («tarda menos»),
comparatives («más rápido», «mejor», «menos ruido que»), superlatives in -ísimo, equality («casi igual», «tan bueno
como»), places on a scale («por encima de»). The patterns are asked of text without accents.

Leaves out: what a comparison is about. Words that only look like one are listed («en el mejor de los casos»).
"""

from __future__ import annotations

import re

from coursekit.course.text.fold import fold
from coursekit.course.text.verbs import MULTIPLY, any_of

_WIN = "superar aventajar batir vencer derrotar destronar desbancar eclipsar empatar arrasar"
_WIN_OVER = "rebasar sobrepasar igualar dominar doblar adelantar destrozar"  # only somebody: «iguala a»
_SPEND = (
    "rendir tardar gastar costar consumir ocupar acertar fallar pesar ahorrar correr aprender recordar generalizar "
    "escalar perder ganar retener durar olvidar comprimir predecir"
)
_INFINITIVES = "|".join(f"{_WIN} {_WIN_OVER} ganar mejorar".split())
_QUALITY = (
    r"(?:rapid|lent|precis|exact|barat|car[oa]s?\b|eficient|eficaz|eficac|potent|veloz|veloc|agil|liger|robust|fiable|"
    r"certer|fiel|capa[zc]|estable|compact|economic|inteligent|competent|productiv)\w*"
)
_PACE = r"(?:deprisa|despacio)"
_RIVAL = (  # «pierde el gradiente» loses to nobody
    r"(?=\s+(?:al?|contra|frente|ante|por|siempre|en|de|y|con|cuando|si|mas|menos|claramente)\b|\s*(?:[.,;:)»!?…]|$))"
    r"(?!\s+de\s+vista)"
)
_RESOURCE = (  # «gana tiempo» beats nobody
    r"\s+(?:tiempo|espacio|memoria|claridad|intuicion|practica|experiencia|confianza|sentido|peso|terreno|precision|"
    r"detalle|soltura|contexto|informacion)"
)
_IMPROVES_WITH = r"\s+(?:al\s+\w+[aei]r|con|si|cuando|continua|poco\s+a\s+poco)\b|\s*:"
_ADVICE = (  # «lo mejor es probar», «en el mejor de los casos», «mejor para: …»
    r"\s+(?:(?:dicho|no|asi|aun|si|manera|forma|modo|momento|casos?|dato|prueba|de\s+los\s+casos)\b|"
    r"para\s*:|para\b[^.;,]*:|que\s+nunca|(?:es|sera|seria)?\s*[^\W\d_]+[aei]r(?:l[aeo]s?|se)?\b)|\s*:"
)
_NUMBER = r"(?:[\ue001\ue003]|[-−]?\d)"
_ZERO = (
    rf"\s+(?:o\s+igual\s+)?(?:que\s+|a\s+)?(?:cero|uno|una?\s+constante|{_NUMBER}|(?!a\b)[a-zα-ω]\b)"  # «mayor que n»
)
_EDGE = (  # «por encima de la diagonal» is a place in a drawing
    r"\s+(?:(?:las?|el|los|su|una?|cada|ese|esta?|del?)\s+)?(?:diagonal|linea|eje|figura|tabla|umbral|cero|uno|raya|"
    r"titulo|texto|codigo|margen|fila|columna|bloque|recuadro|caja|todo|nivel\s+del\s+mar|flecha|imagen|celda)\b"
    rf"|\s+{_NUMBER}"
)
_A_LITTLE = r"(?:\s+(?:muchisimo|mucho|bastante|algo|un\ poco|poco|siempre|aun|todavia|hasta|casi))?"

# Who wins: asked of everything, alternative texts included.
_WINS = rf"""
  \b(?<!se\ )(?<!\bun\ )(?<!\bel\ ){any_of(_WIN)}\b
| \b(?<!se\ ){any_of(_WIN_OVER)}\b(?=\s+al?\b)
| \b(?<!se\ ){any_of("ganar")}\b(?!{_RESOURCE})
| \b(?<!se\ ){any_of("perder")}\b{_RIVAL}
| \b(?:{_INFINITIVES})\b(?=\s+al?\b)(?!\s+al\s+\w+[aei]r\b)
| (?<!\bla\ )(?<!\buna\ )(?<!\besta\ )(?<!\bse\ )(?<!\bcada\ )(?<!\bsu\ )(?<!\bque\ )\b{any_of("mejorar empeorar")}\b
  (?!{_IMPROVES_WITH})
| \b{any_of(MULTIPLY)}\b
| \b(?:mas|menos)\ (?:[^\W\d_]+mente\ )?{_QUALITY}
| \b(?:doble|triple)\ de\ (?:{_QUALITY}|{_PACE})
| (?<!a\ lo\ )(?<!\ben\ el\ )(?<!\bcaso\ )(?<!\bdel\ )\b(?:mejor|peor)(?:es)?\b(?!{_ADVICE})
| \b(?:superior|inferior)(?:es)?\ al?\b(?!{_ZERO})
| \b(?!much|poqu|algun|ningun|mism)[^\W\d_]{{3,}}isim(?:o|a|os|as|amente)\b
| \b(?:imbatibles?|insuperables?|inigualables?|imbatid[oa]s?|sin\ (?:rival|igual|competencia)|estado\ del\ arte)\b
| \b(?:casi\ )igual(?:es)?\b
| \bigual(?:es)?\ de\ (?:{_QUALITY}|{_PACE}|buen[oa]s?|bien|mal[oa]?s?|larg[oa]s?|grandes?)\b
| \btan\ (?!pronto|importante|necesari|solo|siquiera|claro)[^\W\d_]+\ como\b(?!\ (?:se\ |haga|hiciera|quier|sea\b|pued))
"""
# What is more than what: asked of sentences. A figure's alternative text says which curve lies above.
_MORE = rf"""
  \b(?:mas|menos)\ {_PACE}\b
| \b(?:mayor|menor)(?:es)?\ que\b(?!{_ZERO})
| \b(?<!se\ ){any_of(_SPEND)}{_A_LITTLE}\s+(?:mas|menos|mejor|peor|antes|igual|lo\ mismo)\b
  (?!\s+(?:o\s+menos|adelante|bien|alla|tarde|que\s+nada|a\s+menudo|de\b))
| \b(?:usan?|usaba|necesitan?|requieren?)\s+(?:muchisimo\s+|mucho\s+|bastante\s+)?menos\b
| (?<!\ba\ )(?<!\bal\ )(?<!\blo\ )(?<!nada\ )(?<!\bni\ )(?<!\bno\ )(?<!\bpor\ )(?<!\bmas\ o\ )\b(?:mas|menos)
  (?!(?:\ [^\W\d_]+)?\ que\ (?:nada|otr[oa]s?)\b)(?!\ (?:adelante|alla|o\ menos)\b)
  (?:\ [^\W\d_]+){{0,2}}(?<!\ del)(?<!\ lo)(?<!\ de)\ que\b(?!\ (?:nunca|eso)\b)
| \b(?:por\ encima|por\ debajo)\ del?\b(?!{_EDGE})
"""
_FLAGS = re.VERBOSE | re.IGNORECASE
_DRAWN, _SAID = re.compile(_WINS, _FLAGS), re.compile(f"{_WINS}|{_MORE}", _FLAGS)
_ONLY = re.compile(r"\bno\b[^.;:]*?\b(?:mas|menos)\s+que\b", re.IGNORECASE)  # no usa más que sumas
_QUESTION = re.compile(
    r"¿(?:[^\W\d_]+\s)?(?:que|quien(?:es)?|cual(?:es)?|cuant[oa]s?|donde|cuando)\b[^?]*\?", re.IGNORECASE
)


def comparisons(text: str, *, drawn: bool = False) -> list[str]:
    """The words of a sentence that compare.

    Args:
        text: one sentence, its spaces single.
        drawn: whether it describes a figure, and so says which curve lies above which.
    """
    plain = _QUESTION.sub(lambda match: "·" * len(match[0]), fold(text))
    only = _ONLY.search(plain)
    found = (_DRAWN if drawn else _SAID).finditer(plain)
    return [text[match.start() : match.end()] for match in found if not (only and match.end() == only.end())]
