"""How much nearer two letters stand, by the pairs of a font's table GPOS.

Leaves out: everything else in GPOS; marks and contexts, which our labels do not need.
"""

from __future__ import annotations

from typing import Any


def kerning(font: Any, left: str, right: str) -> int:
    """What two glyphs of a `fontTools.ttLib.TTFont` are moved apart (below 0: together), in units of the font."""
    for lookup in font["GPOS"].table.LookupList.Lookup if "GPOS" in font else ():
        for table in lookup.SubTable:
            if lookup.LookupType == 2 and left in table.Coverage.glyphs:
                found = _of_pair(table, left, right) if table.Format == 1 else _of_classes(table, left, right)
                if found is not None:
                    return getattr(found, "XAdvance", 0)
    return 0


def _of_pair(table: Any, left: str, right: str) -> Any:
    pairs = table.PairSet[table.Coverage.glyphs.index(left)].PairValueRecord
    return next((pair.Value1 for pair in pairs if pair.SecondGlyph == right), None)


def _of_classes(table: Any, left: str, right: str) -> Any:
    first, second = (classes.classDefs for classes in (table.ClassDef1, table.ClassDef2))
    return table.Class1Record[first.get(left, 0)].Class2Record[second.get(right, 0)].Value1
