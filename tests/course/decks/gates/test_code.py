"""The gate of the code: the library's, or with a reason."""

from pathlib import Path

from plaindeck import plain_deck

from coursekit.course.decks.gates import code
from coursekit.course.finding import Mark

SOURCE, WHY, EMPTY = 'data-source="coursekit.train:train"', 'data-why="pseudocódigo"', 'data-why=" "'


def block(language: str, attributes: str = "") -> str:
    return f'<pre><code class="language-{language}" {attributes}>def attention(q): ...</code></pre>'


def test_python_is_the_librarys_or_says_why(tmp_path: Path) -> None:
    deck = plain_deck(
        tmp_path,
        f'<section data-slide="1"><h1>a</h1>{block("python")}{block("py")}{block("text")}</section>',
        f'<section data-slide="2"><h1>b</h1>{block("python", SOURCE)}</section>',
        f'<section data-slide="3"><h1>c</h1>{block("python", WHY)}</section>',
        f'<section data-slide="4"><h1>d</h1>{block("python", EMPTY)}</section>',
    )
    found = list(code.check(deck))
    assert [(f.number, f.problem) for f in found if isinstance(f, Mark)] == [(3, "pseudocódigo")]
    assert [f.number for f in found if not isinstance(f, Mark)] == [1, 1, 4]
