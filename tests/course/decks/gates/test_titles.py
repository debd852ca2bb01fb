"""Titles of the second edition: sentences, short, and in `claim` with their number."""

from __future__ import annotations

from pathlib import Path

import pytest
from plaindeck import plain_deck

from coursekit.course.decks.gates import titles
from coursekit.course.text.title_verbs import has_verb


def found(folder: Path, title: str, classes: str = "", edition: str = "2") -> list[str]:
    slide = f'<section data-slide="1" data-edition="{edition}" class="{classes}"><h1>{title}</h1></section>'
    return [str(finding).partition("»: ")[2] for finding in titles.check(plain_deck(folder, slide))]


SOUND = [
    "El oráculo necesita 1,376 preguntas por palabra",
    "Contar parejas ahorra 0,3 bits, pero contesta «estaba»",
    "El 78 % de los contextos no se había visto nunca",
    "Predecir es repartir probabilidad",
    "Desde el hueco, el 62 % de la atención va a «llaves»",
    "Tres palabras y dos números bastan para hacer la atención a mano",
    "Cuatro cabezas reparten la misma frase de cuatro maneras",
    "Sin posiciones, una capa de atención no distingue el orden",
    "Cada bloque suma dos correcciones a una línea",
    "Al apagar una cabeza, el acierto cae del 99 % al 44 %",
    "Dos capas copian de un caso anterior",
    "Ocho pasos lineales se juntan con menos de dos uniones por paso",
    "El paso decide si un recuerdo dura o no",
    "Mamba hace con una pieza lo que el Transformer con dos",
    "Tras un millón de tokens, el estado sigue en 36 KiB",
    "Ahorra operaciones, no memoria",
    "Cada bit que se quita duplica el error",
    "GPTQ paga cada redondeo con los pesos que quedan",
    "AdaRound aprende hacia dónde",
    "Copiarse a sí mismo borra primero lo raro",
    "Una frase en un documento roba la herramienta",
]


@pytest.mark.parametrize("title", SOUND)
def test_the_storyboards_titles_have_verbs(tmp_path: Path, title: str) -> None:
    assert has_verb(title)
    assert found(tmp_path, title) == []


@pytest.mark.parametrize(
    "title",
    [
        "Tres formas, con las mismas piezas",
        "Peldaños de un núcleo: lo mismo, en menos tiempo",
        "La liga, primeras filas",
        "Menos pares",
        "ModernBERT: un codificador con las piezas de hoy",
    ],
)
def test_a_topic_is_no_title(tmp_path: Path, title: str) -> None:
    assert found(tmp_path, title) == ["title: has no verb; say what was found; a verb is added in text/title_verbs.py"]
    assert found(tmp_path, title, edition="1") == []
    assert found(tmp_path, f"¿{title}?") == []
    for kind in ("lead", "part", "summary", "question", "references"):
        assert found(tmp_path, title, kind) == []


def test_a_title_is_short_and_a_claim_says_its_number(tmp_path: Path) -> None:
    long = "El oráculo " + "muy " * 11 + "necesita"  # 14
    assert found(tmp_path, long) == []
    assert found(tmp_path, f"{long} más") == ["title: has 15 words, more than 14; say it shorter"]
    (problem,) = found(tmp_path, "El acierto cae", "claim")
    assert problem.startswith("title: of a claim does not say its number")
    assert found(tmp_path, "El acierto cae al 44 %", "claim") == []
