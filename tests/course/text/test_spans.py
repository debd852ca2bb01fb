"""Measured spans, whatever their element, attributes and quotes; the decks' engine reads the same cases alike."""

import json
import subprocess
from pathlib import Path

import pytest

from coursekit.course.text.spans import attributes_of, read_spans, rewrite
from coursekit.root import checkout

CASES = json.loads(Path(__file__).with_name("spans_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_spans_are_read_as_html_has_them(case):
    spans = read_spans(case["text"])
    if "problem" in case:
        assert [case["problem"] in span.problem for span in spans] == [True]
    else:
        assert [[span.kind, span.name, span.literal] for span in spans] == case["spans"]
        assert not any(span.problem for span in spans)


def test_a_literal_stands_where_the_span_says():
    text = "Uno.\n\nDos <b\ndata-metric='a'>5</b> y `<b data-metric='b'>6</b>` y <i data-claim=c>7 %</i>."
    five, seven = read_spans(text)
    assert (five.line, seven.line) == (3, 4)
    assert text[five.start :].startswith("5</b>")
    assert text[seven.start :].startswith("7 %</i>")
    assert rewrite(text, {five: "55,5", seven: "8"}) == text.replace(">5<", ">55,5<").replace(">7 %<", ">8<")


def test_words_of_a_claim_are_the_author_s_and_those_of_a_metric_are_not():
    words, digits, empty, metric = read_spans(
        '<b data-claim="a">gana</b> <b data-claim="a">7</b> <b data-claim="a"> </b> <b data-metric="a">gana</b>'
    )
    assert [span.is_words for span in (words, digits, empty, metric)] == [True, False, False, False]


def test_the_mark_of_a_longer_run_may_be_long():
    mark = "grabado el 2026-11-22 en AMD EPYC de una marca larga, 2 núcleos"
    (span,) = read_spans(f'<span data-metric="a@recorded">{mark}</span>')
    assert (span.literal, span.problem) == (mark, "")


def test_the_first_of_two_attributes_counts_and_one_without_a_value_is_empty():
    assert attributes_of(' A="1" a=2 hidden data-x = \'3"\'') == {"a": "1", "hidden": "", "data-x": '3"'}


_SCRIPT = """
import MarkdownIt from 'markdown-it'
import { readFileSync } from 'node:fs'
import { spans } from './slides/engine/spans.mjs'
const md = new MarkdownIt({ html: true })
const value = (text) => ({ text, origin: 'ORIGIN', source: 'ORIGIN' })
const context = { present: true, metrics: { suma: value('4') }, claims: { dos: value('2') } }
const out = JSON.parse(readFileSync(0, 'utf8')).map(({ text }) => {
  const tokens = md.parse(text, {})
  const problems = []
  const Token = tokens[0].constructor
  spans({ context, Token, slides: [{ tokens }], problem: (slide, ...said) => problems.push(said.join(' ')) })
  return { problems, html: md.renderer.render(tokens, md.options, {}) }
})
console.log(JSON.stringify(out))
"""


def test_the_engine_reads_the_same_spans_and_keeps_their_other_attributes():
    command = ["node", "--input-type=module", "--eval", _SCRIPT]
    done = subprocess.run(command, input=json.dumps(CASES), capture_output=True, text=True, cwd=checkout(), check=True)
    for case, read in zip(CASES, json.loads(done.stdout), strict=True):
        if "problem" in case:
            assert [case["problem"] in problem for problem in read["problems"]] == [True], case["text"]
        elif case.get("unknown"):
            assert len(read["problems"]) == 1, case["text"]
            assert "nothing recorded" in read["problems"][0] or "no such claim" in read["problems"][0]
        else:
            assert read["problems"] == [], case["text"]

            assert read["html"].count("ORIGIN") == len(case["spans"]), case["text"]
    html = [read["html"] for read in json.loads(done.stdout)]
    assert '<span class="big metric" data-metric="suma" title="ORIGIN">4</span>' in html[2]
    assert '<em data-claim="dos" title="publicado: ORIGIN" class="claim">2</em>' in html[4]
    assert '<span data-claim="dos" class="claim" title="publicado: ORIGIN">gana</span>' in html[5]
