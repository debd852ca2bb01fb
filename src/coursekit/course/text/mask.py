"""What is prose in a Markdown text: the rest is blanked, character for character, so that every position stays."""

from __future__ import annotations

import re

_SET = (
    "theme|style|headingDivider|size|math|lang|marp|paginate|class|backgroundColor|backgroundImage|backgroundPosition|"
    "backgroundRepeat|backgroundSize|color|minutes|route"
)
_STYLE = re.compile(r"<style\b[^>]*>.*?(?:</style>|\Z)", re.DOTALL | re.IGNORECASE)
_CODE = [
    re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE),
    _STYLE,
    re.compile(rf"^(?:<!--)?[ \t]*(?:_(?!header|footer)\w+|{_SET}):[^\n]*", re.MULTILINE),  # Marp's directives: _class
    re.compile(r"^(?:<!--)?[ \t]*_?(?:header|footer):", re.MULTILINE),  # what follows is prose
    re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL),
    re.compile(r"\$\$.*?\$\$|(?<![\\$\w])\$(?!\s)(?:(?!\n[ \t]*\n)[^$])+?(?<!\s)\$(?!\d)", re.DOTALL),
]
_DIRECTIVE = re.compile(rf"\s*(?:_?(?:{_SET}|header|footer|title)|_\w+)\s*:")
MARK = re.compile(r'<span data-term="([^"]*)">(.*?)</span>', re.DOTALL)  # a term that is spoken of; see prose_terms
_TAGS = re.compile(r"</?[A-Za-z][^<>]*>|<!--|-->|&\w+;")
_PICTURE = (  # how Marp shows an image
    r"(?:bg|left|right|fit|contain|cover|auto|vertical|w|h|width|height|blur|brightness|contrast|drop-shadow|grayscale|hue-rotate|"
    r"invert|opacity|saturate|sepia)(?::[^\s\]]*)?"
)
_MARKUP = [
    re.compile(rf"(?<=!\[)(?:\s*{_PICTURE}(?=[\s\]]))+"),  # ![bg right:40%]
    re.compile(r"(?<=\])\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"),  # where a link leads
    re.compile(r"<?https?://[^\s<>)\]]+>?"),
    _TAGS,
    re.compile(r"\[@[^\]]*\]|(?<![\w.])@[\w:-]+"),
    re.compile(r"[\w./-]+\.(?:py|md|toml|ipynb|json|svg|txt|bib|mjs|html)\b|\b\d\d-[a-z][a-z-]*"),
    re.compile(r"\b[A-Z]+=\S+|\b[a-z][\w-]*/[\w/-]+\b"),  # M=02-transformer, training/excess
]
_NAMES = [
    re.compile(r"(?<![*\w\\])\*(?![\s*])[^*\n]*(?:\n[^*\n]+)?(?<![\s*])\*(?![*\w])"),  # *italics*
    re.compile(r"(?<!\w)_(?![\s_])[^_\n]+(?<!\s)_(?!\w)"),  # _italics_
    re.compile(r"\b\w+\([^()\n]*\)"),  # check("02.2", merge)
    re.compile(r"\b[a-z]\w*(?:\.[a-z]\w*)+|\b\w*_\w*\b"),  # torch.arange, kv_heads
    re.compile(r"\b\w*\d\w*\b|\b[A-Z][A-Z0-9ᵀ]+s?(?:-\w+)*\b"),  # bf16, GQA, BERT-large
]


def without_code(text: str) -> str:
    """`text` without code, formulas and Marp's directives."""
    for pattern in _CODE:
        text = pattern.sub(blank, text)
    return text


def formulas(text: str) -> list[re.Match[str]]:
    """The formulas of a text, with their dollar signs; what looks like one in code is none."""
    for pattern in _CODE[:-1]:
        text = pattern.sub(blank, text)
    return list(_CODE[-1].finditer(text))


def styles(text: str) -> list[re.Match[str]]:
    """The `<style>` elements of a text; those in code are none."""
    return list(_STYLE.finditer(_CODE[0].sub(blank, text)))


def notes(text: str) -> list[re.Match[str]]:
    """The comments of a slide that are for who presents, their words in group 1; the others set Marp's directives."""
    comments = re.finditer(r"<!--(.*?)(?:-->|\Z)", _CODE[0].sub(blank, text), re.DOTALL)
    return [comment for comment in comments if not _DIRECTIVE.match(comment[1])]


def without_tags(text: str) -> str:
    """`text` without HTML tags, which may run over lines, and without the marks of comments."""
    return _TAGS.sub(blank, text)


def sentences_only(text: str) -> str:
    """What a reader sees as sentences: no code, tags, addresses, citations or file names."""
    text = without_code(text)
    for pattern in _MARKUP:
        text = pattern.sub(blank, text)
    return text


def words_only(text: str) -> str:
    """What a Spanish dictionary should know: sentences without italics (*embedding*), identifiers and acronyms."""
    text = sentences_only(MARK.sub(blank, text))
    for pattern in _NAMES:
        text = pattern.sub(blank, text)
    return text


def blank(match: re.Match[str]) -> str:
    """Spaces in place of a match; its line breaks stay."""
    return re.sub(r"[^\n]", " ", match[0])
