"""Which claims the course shows: in a deck, on a module's page or in a notebook's text. What none shows is unused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coursekit.course.layout import Layout, read_text
from coursekit.course.manifest import Module

_CLAIM = re.compile(r"""data-claim\s*=\s*\\?["']?([\w-]+)""")  # in a notebook's JSON a quote has a backslash


def unused_claims(layout: Layout, modules: Sequence[Module]) -> list[str]:
    """The claims of `modules` that stand on no deck, page or notebook of theirs."""
    texts = [path for module in modules for path in (module.deck(layout), module.folder / "README.md")]
    texts += [path for module in modules for path in module.notebooks(layout)]
    shown = {name for path in texts if path.exists() for name in _CLAIM.findall(read_text(path))}
    return [
        f"{module.slug}: claim {claim.id!r} stands on no deck, page or notebook: "
        f'write <span data-claim="{claim.id}">…</span> where the course says it, or drop it'
        for module in modules
        for claim in module.claims
        if claim.id not in shown
    ]
