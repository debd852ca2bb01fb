"""module.toml of a new module."""

TOML = """\
title = "@TITLE@"
question = "¿Qué pregunta responde este módulo?"
minutes = 14

[budget]
quick_seconds = 90

# A sample, which is another module's. An exercise of one's own is a file of src/coursekit/exercises/<family>, with its
# test beside the others'; the first one is the module's core object.
[[exercise]]
id = "@NUMBER@.1"
name = "attention.causal_mask"
title = "la máscara causal y la ventana"
minutes = 10

[bands]
"toy/error" = [0.0, 1e-12]

# [[claim]]
# id = "ejemplo"
# statement = "Qué afirma la fuente, en una frase."
# source = "@key, tabla 1"
# published = "99,8 %"
# metric = "copia/acierto"
# band = [95.0, 100.0]
# control = "copia/azar"
# reproduced = true
"""
