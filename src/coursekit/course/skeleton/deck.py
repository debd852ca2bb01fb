"""The deck of a new module: one question, one example, a drawing, a number that was measured, and both closings."""

DECK = """\
---
marp: true
lang: es
title: "@TITLE@"
theme: coursekit
paginate: true
math: mathjax
footer: "coursekit · @NAME@"
minutes: 14
edition: 2
---

<!-- _class: lead
_paginate: false
_minutes: 1 -->

# @TITLE@

## Qué se gana y cuánto cuesta

<!--
Di: bienvenidos. Hoy, una sola pregunta, y un solo ejemplo de principio a fin.
-->

---

<!-- _class: question dark
_minutes: 2
_route: 2 -->

# ¿Qué pregunta responde este módulo?

<!--
Di: leed el ejemplo y levantad la mano por una de las respuestas.
Pregunta: una que la sala pueda contestar mal.
Respuesta: con su porqué, y el error que se oirá.
Enlace: veamos qué hay que calcular para saberlo.
-->

---

<!-- _minutes: 4
_route: 3 -->

# La palabra que más puntúa se lleva el <span data-metric="toy/first">67 %</span> del peso

![viñetas](figures/@SLUG@/pesos.svg)

<!--
Di: el hueco puntúa las tres palabras. El grosor del arco es el peso medido.
Pregunta: ¿y si todas puntuaran lo mismo?
Respuesta: se repartirían el peso por igual; se oirá que entonces no mira a ninguna.
Enlace: se puede tocar.
-->

---

<!-- _class: demo dark
_minutes: 3 -->

# La demostración se toca en el cuaderno

Cambia las puntuaciones de `mira(…)` y vuelve a ejecutar su celda.

[Cuaderno, sección 1](../notebooks/@SLUG@.ipynb#1-adónde-mira-el-hueco)

<!--
Di: cuaderno, sección 1, la última celda de código. Mientras corre, pedid una apuesta.
Enlace: ahora os toca.
-->

---

<!-- _class: exercise
_minutes: 2 -->

# Escribe tú la máscara causal: ejercicio @NUMBER@.1

Devuelve la tabla que dice qué token puede mirar a cuál. El cuaderno lo corrige solo.

<!--
Di: diez minutos, en casa. Si os atascáis, hay pistas, de la más vaga a la más clara.
-->

---

<!-- _class: summary
_minutes: 2 -->

# ¿Qué pregunta responde este módulo? La respuesta

- **Se gana:** qué, en una frase.
- **Se paga:** cuánto, con su número medido.
- **Se pierde:** qué deja de poder hacerse.

<!--
Di: volved a contar las manos del principio. ¿Cuántas han cambiado?
-->

---

<!-- _class: summary
_route: 2
_only: route -->

# Lo que te llevas en un cuarto de hora

- La respuesta a la pregunta, en una frase.
- Lo que cuesta, con lo que se acaba de ver.

<!--
Di: dos ideas para quien no ha visto lo demás.
-->
"""
