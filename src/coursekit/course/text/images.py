"""The images that a Markdown text shows, whichever way it shows them."""

from __future__ import annotations

import re
from urllib.parse import unquote

from coursekit.course.text.spans import attributes_of, code_blocks_blanked, unseen_blanked

_MARKDOWN = re.compile(r"!\[[^\]]*\]\(\s*(?:<([^>\n]+)>|([^)\s]+))")
_TAG = re.compile(r"<(?:img|video|source)\b[^>]*>", re.IGNORECASE)
_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)\s"']+))\s*\)""")


def read_images(text: str) -> list[tuple[str, int]]:
    """(path, line) of each local image, in order: ``![…](path)``, ``<img src>``, ``url(path)`` of a style."""
    seen = unseen_blanked(text)
    found = [(match.start(), match[1] or match[2]) for match in _MARKDOWN.finditer(seen)]
    found += [(match.start(), attributes_of(match[0]).get("src", "")) for match in _TAG.finditer(seen)]
    found += [
        (match.start(), match[1] or match[2] or match[3] or "") for match in _URL.finditer(code_blocks_blanked(text))
    ]  # in directives, too
    local = [(at, path) for at, path in sorted(found) if path and not re.match(r"[a-z]+:|//|#", path)]
    return [(unquote(path), text.count("\n", 0, at) + 1) for at, path in local]
