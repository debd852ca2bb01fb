"""build/index.html, which links all that was built, and build/claims.html, the ledger. Plain HTML, no network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote

from coursekit.course.bibliography import Reference
from coursekit.course.course import Course
from coursekit.course.errors import CourseError
from coursekit.course.layout import Layout, write_text
from coursekit.course.manifest import Module
from coursekit.course.results.claims import Judgement

_STYLE = """
:root { color-scheme: light dark; --ink: #1b2733; --paper: #fff; --soft: #5b6773; --line: #d9dee3; --link: #005a8f }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9edf1; --paper: #14191f; --soft: #a6b0ba; --line: #38424d; --link: #7cc4f0 } }
body { font: 18px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 62rem; margin: 3rem auto; padding: 0 1.5rem }
h1 { line-height: 1.2; margin-bottom: .3rem } h2 { margin: 2.4rem 0 .2rem }
p.question { color: var(--soft); font-size: 1.1rem; margin: 0 0 .8rem }
a { color: var(--link) } ul.links { list-style: none; padding: 0 } ul.links li { margin: .25rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .92rem } caption { text-align: left; margin-bottom: .6rem }
th, td { text-align: left; vertical-align: top; padding: .5rem .8rem .5rem 0; border-bottom: 1px solid var(--line) }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums } .note { color: var(--soft); font-size: .86rem }
"""

_FORMATS = {".html": "HTML", ".pdf": "PDF", ".pptx": "PPTX", ".txt": "notas"}
_EDITIONS = {"instructor": "Edición del docente", "student": "Edición del estudiante"}


def write_index(course: Course) -> str:
    """Write build/index.html from what stands in build/; return its path as a user would type it."""
    layout = course.layout
    sections = "\n".join(_section(layout, module) for module in course.modules)
    body = f"""<h1>coursekit</h1>
<p class="question">Un curso ejecutable sobre las arquitecturas de los modelos de lenguaje de hoy.</p>
<p>Cada número de una diapositiva lo midió un cuaderno de este repositorio o lleva su cita:
<a href="claims.html">el registro de afirmaciones</a> dice cuál es cuál.</p>
{sections}"""
    path = layout.build / "index.html"
    write_text(path, _page("coursekit", body))
    return layout.relative(path)


def write_claims(course: Course, judgements: list[Judgement]) -> str:
    """Write build/claims.html, the ledger; return its path as a user would type it.

    Raises:
        CourseError: if a claim's source is not in the bibliography.
    """
    references = course.references  # also where there is no claim: it must be sound
    rows = "\n".join(_row(judgement, references) for judgement in judgements)
    body = f"""<h1>Registro de afirmaciones</h1>
<p class="question">Qué dice cada fuente, qué se midió aquí y con qué veredicto.</p>
<table><thead><tr><th scope="col">Afirmación</th><th scope="col">Fuente</th><th scope="col">Publicado</th>
<th scope="col">Medido aquí</th><th scope="col">Veredicto</th></tr></thead>
<tbody>{rows}</tbody></table>
{_recordings(course)}<p><a href="index.html">Volver al índice</a></p>"""
    path = course.layout.build / "claims.html"
    write_text(path, _page("Registro de afirmaciones", body))
    return course.layout.relative(path)


def _recordings(course: Course) -> str:
    """What longer runs measured, when and where: what the dot on a slide leads to."""
    rows = []
    for module in course.modules:
        try:
            metrics = course.results(module).metrics.values()
        except CourseError:
            continue  # said where the module's own results are asked for
        for metric in [metric for metric in metrics if metric.mark]:
            where = f"grabado-{module.slug}-{metric.name.replace('/', '-')}"
            cells = (f"<td>{escape(text)}</td>" for text in (metric.name, metric.literal, metric.mark))
            rows.append(f'<tr id="{escape(where)}"><td>{escape(module.slug)}</td>{"".join(cells)}</tr>')
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Módulo", "Métrica", "Valor", "Grabación"))
    body = "\n".join(rows)
    table = f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>\n"
    return f"<h2>Grabaciones</h2>\n{table}" if rows else ""


def _section(layout: Layout, module: Module) -> str:
    links = []
    for edition, name in _EDITIONS.items():
        for suffix, extra in (("", ""), ("-15min", ", ruta de 15 minutos")):
            files = sorted((layout.decks / edition).glob(f"{module.slug}{suffix}.*"))
            anchors = ", ".join(_anchor(layout, f, _FORMATS[f.suffix]) for f in files if f.suffix in _FORMATS)
            if anchors:
                links.append(f"<li>{name}{extra}: {anchors}</li>")
    for notebook in module.notebooks(layout):
        executed = layout.executed / notebook.name
        if executed.exists():
            links.append(f"<li>Cuaderno ejecutado: {_anchor(layout, executed, notebook.stem)}</li>")
    return f"""<h2 id="{escape(module.slug)}">{escape(module.title)}</h2>
<p class="question">{escape(module.question)} ({module.minutes} minutos)</p>
<ul class="links">{"".join(links) or "<li>Nada construido todavía.</li>"}</ul>"""


def _anchor(layout: Layout, path: Path, text: str) -> str:
    return f'<a href="{escape(quote(path.relative_to(layout.build).as_posix()))}">{escape(text)}</a>'


def _row(judgement: Judgement, references: Mapping[str, Reference]) -> str:
    claim = judgement.claim
    key, _, locator = claim.source.removeprefix("@").partition(",")
    if key not in references:
        where = f"modules/{judgement.module}/module.toml: claim {claim.id!r}"
        raise CourseError(f"{where}: unknown source @{key}: add it to references.bib or mend the key")
    label = escape(references[key].label)
    label = f'<a href="{escape(references[key].url)}">{label}</a>' if references[key].url else label
    source = label + escape(f",{locator}" if locator else "")
    note = f'<br><span class="note">{escape(claim.note)}</span>' if claim.note else ""
    return f"""<tr id="{escape(claim.id)}"><td>{escape(claim.statement)}{note}</td><td>{source}</td>
<td class="number">{escape(claim.published)}</td><td class="number">{escape(judgement.measured)}</td>
<td>{escape(judgement.verdict)}</td></tr>"""


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{_STYLE}</style></head>
<body><main>
{body}
</main></body></html>
"""
