"""The page of a new module."""

PAGE = """\
# @NAME@

**Pregunta:** ¿qué pregunta responde este módulo?

- Presentación: [slides/@SLUG@.md](../../slides/@SLUG@.md)
- Cuaderno: [notebooks/@SLUG@.ipynb](../../notebooks/@SLUG@.ipynb)
- El curso: [coursekit](../../README.es.md)

La presentación dura 14 minutos.

## Objetivos

Al terminar podrás:

## Requisitos

## Lecturas

## Ejercicios

| número | tema | minutos |
|---|---|---|
| @NUMBER@.1 | la máscara causal y la ventana | 10 |
"""
