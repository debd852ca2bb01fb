"""The words of the stories. Lists run from the commonest to the rarest: rank r has a weight of 1 / (r + 5).

A dialect is another Lexicon: see RIOPLATENSE.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from coursekit.corpus.morphology import FEATURES, Adjective, Noun, adjectives, nouns


@dataclass(frozen=True)
class Lexicon:
    """What the rules of the stories choose from.

    names: gender -> proper names. pairs: kind -> (feminine, masculine) of one occupation or relation.
    nouns, adjectives, phrases: kind -> entries. verbs: lemma -> (singular, plural), as used. you: what the second
    person changes from dialect to dialect.
    """

    names: dict[str, tuple[str, ...]]
    pairs: dict[str, tuple[tuple[str, str], ...]]
    nouns: dict[str, tuple[Noun, ...]]
    adjectives: dict[str, tuple[Adjective, ...]]
    phrases: dict[str, tuple[str, ...]]
    verbs: dict[str, tuple[str, str]]
    you: dict[str, str]
    gender: dict[str, str] = field(init=False)  # proper name -> 'f' or 'm'

    def __post_init__(self):
        object.__setattr__(self, "gender", {name: g for g in "fm" for name in self.names[g]})

    def verb(self, lemma: str, number: str) -> str:
        return self.verbs[lemma]["sp".index(number)]

    def noun_features(self) -> dict[str, tuple[str, str]]:
        """{noun form: (gender, number)}."""
        return {n.form(k): (n.gender, k) for kind in self.nouns.values() for n in kind for k in "sp"}

    def forms(self) -> dict[str, dict[tuple[str, str], str]]:
        """{form: {(gender, number): the form of the same word that agrees}} of adjectives and verbs."""
        tables = [{(g, n): a.form(g, n) for g, n in FEATURES} for kind in self.adjectives.values() for a in kind]
        tables += [{(g, n): pair["sp".index(n)] for g, n in FEATURES} for pair in self.verbs.values()]
        return {form: table for table in tables for form in table.values()}


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((a, b) for a, b in (entry.split("/") for entry in text.split()))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _verbs(text: str) -> dict[str, tuple[str, str]]:
    return {singular: (singular, plural) for singular, plural in _pairs(text)}


SPANISH = Lexicon(
    names={
        "f": _words(
            "Lucía Carmen Inés Sofía Marta Elena Julia Irene Valeria Paula "
            "Nora Ana Daniela Adela Teresa Emilia Isabel Sara Olga Berta"
        ),
        "m": _words(
            "Mateo Hugo Martín Pablo Iván Diego Tomás Bruno Nicolás Andrés "
            "Leo Marcos Simón Ignacio Samuel Lucas Rubén Félix Óscar Gael"
        ),
    },
    pairs={
        "heroes": _pairs("niña/niño pintora/pintor pastora/pastor maga/mago pirata/pirata princesa/príncipe"),
        "companions": _pairs("amiga/amigo prima/primo hermana/hermano vecina/vecino"),
    },
    nouns={
        "pets": nouns("gato:m tortuga:f perro:m paloma:f"),
        "animals": nouns("oveja:f pájaro:m rana:f zorro:m lobo:m"),
        "people": nouns("niño:m niña:f abuela:f abuelo:m pescador:m maestra:f"),
        "things": nouns("llave:f caja:f libro:m cometa:f mapa:m campana:f tambor:m carta:f reloj:m"),
        "nature": nouns("estrella:f flor:f árbol:m"),
        "sky": nouns("luna:f mar:m"),
        "creatures": nouns("dragón:m bruja:f gigante:m"),
        "regions": nouns("bosque:m jardín:m playa:f molino:m plaza:f castillo:m montaña:f puerto:m"),
        "homes": nouns("pueblo:m isla:f faro:m granja:f cueva:f"),
        "landmarks": nouns("río:m puente:m fuente:f lago:m"),
    },
    adjectives={
        "traits": adjectives("curioso valiente alegre tímido generoso soñador"),
        "feelings": adjectives("cansado contento triste asustado tranquilo feliz enfadado"),
        "ails": adjectives("cansado triste asustado"),
        "moods": adjectives("cansado contento asustado"),
        "joys": adjectives("contento feliz tranquilo"),
        "home moods": adjectives("tranquilo triste feliz"),
        "states": adjectives("perdido mojado escondido"),
        "home looks": adjectives("pequeño viejo enorme tranquilo"),
        "looks": adjectives("pequeño viejo blanco negro rojo verde enorme"),
        "colours": adjectives("blanco negro rojo verde"),
        "wonders": adjectives("bonito pequeño"),
        "hidden": adjectives("escondido"),
        "wet": adjectives("mojado"),
        "lonely": adjectives("solo"),
        "joined": adjectives("junto"),
    },
    phrases={
        "days": ("día", "domingo", "sábado"),
        "seasons": ("primavera", "invierno", "verano", "otoño"),
        "needs": ("miedo", "hambre", "sueño", "frío"),
        "plans": ("jugar", "cantar", "bailar", "nadar", "pasear", "pescar"),
        "elders": ("abuela", "abuelo", "maestra"),
        "stashes": ("bajo la cama", "en un cajón"),
        "giving": ("regaló", "prestó", "pidió", "mostró"),
        "saying": ("dijo", "susurró", "murmuró", "explicó", "cantó"),
        "links": ("entonces", "luego", "después"),
        "closings": ("al final", "aquella noche", "por fin"),
        "since": ("desde entonces",),
    },
    verbs=_verbs(
        "estaba/estaban parecía/parecían está/están parece/parecen es/son "
        "vivía/vivían dormía/dormían cantaba/cantaban bailaba/bailaban jugaba/jugaban lloraba/lloraban "
        "seguía/seguían buscaba/buscaban miraba/miraban guardaba/guardaban "
        "vio/vieron saludó/saludaron ayudó/ayudaron "
        "encontró/encontraron buscó/buscaron "
        "corrió/corrieron volvió/volvieron bailó/bailaron cantó/cantaron durmió/durmieron "
        "vuelve/vuelven sueña/sueñan canta/cantan baila/bailan duerme/duermen gusta/gustan"
    ),
    you={"are": "eres", "want": "quieres", "have": "tienes", "come": "ven", "look": "mira", "here": "aquí"},
)

# The Spanish of the River Plate: voseo, and some words of its own, one of another gender (la cometa, el barrilete).
RIOPLATENSE = replace(
    SPANISH,
    pairs=SPANISH.pairs | {"heroes": (("nena", "nene"), *SPANISH.pairs["heroes"][1:])},
    nouns=SPANISH.nouns
    | {
        "people": nouns("nene:m nena:f abuela:f abuelo:m pescador:m maestra:f"),
        "things": nouns("llave:f caja:f libro:m barrilete:m mapa:m campana:f tambor:m carta:f reloj:m"),
    },
    adjectives=SPANISH.adjectives
    | {
        "feelings": adjectives("cansado contento triste asustado tranquilo feliz enojado"),
        "wonders": adjectives("lindo pequeño"),
    },
    you={"are": "sos", "want": "querés", "have": "tenés", "come": "vení", "look": "mirá", "here": "acá"},
)
