import pytest

from coursekit.corpus.lexicon import RIOPLATENSE, SPANISH
from coursekit.corpus.morphology import Adjective, Noun, adjectives, conjunction, nouns, plural


@pytest.mark.parametrize(
    ("singular", "expected"),
    [
        ("llave", "llaves"),
        ("mapa", "mapas"),
        ("reloj", "relojes"),
        ("pez", "peces"),
        ("jardín", "jardines"),
        ("dragón", "dragones"),
        ("pescador", "pescadores"),
        ("árbol", "árboles"),
        ("feliz", "felices"),
    ],
)
def test_plural(singular, expected):
    assert plural(singular) == expected


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("cansado", "cansada cansado cansadas cansados"),
        ("triste", "triste triste tristes tristes"),
        ("feliz", "feliz feliz felices felices"),
        ("soñador", "soñadora soñador soñadoras soñadores"),
        ("azul", "azul azul azules azules"),
    ],
)
def test_adjective_forms(lemma, forms):
    adjective = Adjective(lemma)
    assert [adjective.form(g, n) for n in "sp" for g in "fm"] == forms.split()


def test_noun_forms_and_lists():
    assert Noun("cometa", "f").form("s") == "cometa"
    assert Noun("cometa", "f").form("p") == "cometas"
    assert nouns("mapa:m llave:f") == (Noun("mapa", "m"), Noun("llave", "f"))
    assert adjectives("rojo azul") == (Adjective("rojo"), Adjective("azul"))


@pytest.mark.parametrize(
    ("following", "expected"),
    [("Inés", "e"), ("Iván", "e"), ("íntimo", "e"), ("hijos", "e"), ("Hugo", "y"), ("Ana", "y"), ("Elena", "y")],
)
def test_conjunction(following, expected):
    assert conjunction(following) == expected


@pytest.mark.parametrize("lexicon", [SPANISH, RIOPLATENSE])
def test_no_noun_needs_an_exception(lexicon):
    # el agua, el águila: feminine, with a stressed a-; the lexicons must not have such nouns.
    for kind in lexicon.nouns.values():
        for noun in kind:
            assert noun.gender in "fm"
            assert (
                not (noun.gender == "f" and noun.singular.startswith(("a", "á", "ha", "há")))
                or noun.singular == "abuela"
            )


def test_lexicon_tables():
    assert SPANISH.verb("estaba", "p") == "estaban"
    assert SPANISH.gender["Lucía"] == "f"
    assert SPANISH.gender["Óscar"] == "m"
    assert SPANISH.noun_features()["llaves"] == ("f", "p")
    assert SPANISH.noun_features()["mapa"] == ("m", "s")
    assert SPANISH.forms()["cansadas"]["m", "s"] == "cansado"
    assert SPANISH.forms()["estaba"]["f", "p"] == "estaban"
