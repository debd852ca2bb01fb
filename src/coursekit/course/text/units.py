"""What a number before it makes a size: units of measurement, multiples, and things that are counted.

Leaves out: what a thing is. Any Spanish word in the plural counts («2000 pasos»), but for the small words listed here.
"""

from __future__ import annotations

SIGNS = r"[%‰×]|\\%|\\times"
_MEASURED = (
    r"[µnm]s|s|min|[kKMGTP]i?B|[KMGT]|kWh|[kMG]?W|[kMGT]?Hz|[kMGT]?FLOPs?(?:/s)?|bits?|bytes?|tokens?|vez|punto|par[áa]metro|"
    r"(?:mili|micro|nano)?segundos?|minutos?|horas?|d[íi]as?|(?:kilo|mega|giga|tera)(?:bytes?|bits?)|vatios?|julios?|euros?|"
    r"d[óo]lares|x|veces|percent|times"
)
BY_HUNDRED = r"(?:por|of)\s+(?:ciento|cien|mil)\b"
UNIT = rf"(?:(?:{_MEASURED})(?![^\W_])|[€$]|{BY_HUNDRED})"
_NO_NOUN = (
    r"los|las|sus|tus|mis|m[áa]s|menos|tras|dos|tres|seis|es|eres|despu[ée]s|antes|unos|unas|otros|otras|nos|est[oa]s|"
    r"es[oa]s|aquell[oa]s|adem[áa]s|entonces|mientras|pues|much[oa]s|vari[oa]s|amb[oa]s|tod[oa]s|cuales|cuant[oa]s|atr[áa]s|"
    r"detr[áa]s|apenas|quiz[áa]s|lunes|martes|mi[ée]rcoles|jueves|viernes|vuestr[oa]s|nuestr[oa]s|poc[oa]s|vimos|vemos|"
    r"\w+[aeiáéí]mos"
)
_PLURAL = rf"(?!(?:{_NO_NOUN})\b)[a-záéíóúñü]+s(?![^\W_])"
COUNTED = rf"(?:{SIGNS}|{UNIT}|de\s+cada\b|mil\b|mill[oó]n|billon|{_PLURAL})"
"""What makes the number before it a size, after at most one space."""
