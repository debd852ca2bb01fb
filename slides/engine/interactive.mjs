// A switch or a slider over what a notebook recorded (`record_states`): a state has a label, and a text for each slot.
//
//   <div class="interactive" data-states="contexto" data-control="slider" data-label="Contexto">
//
//   La caché ocupa <span data-metric="contexto/cache" data-slot="cache">22,5 MiB</span>.
//
//   ![estados](figures/03-mamba/contexto.svg)
//
//   </div>
//
// What stands in the deck is the default state, whose numbers are metrics as any other; plain Marp shows that. The page
// of presenters gets the states as JSON and controls.js; paper the two ends beside the default. A drawing whose frames
// are states (`Drawing(…, states=True)`) shows the frame of the state.
import { readFileSync } from 'node:fs'
import { tags } from './tags.mjs'
import { escapeHtml, walk } from './tokens.mjs'

const CONTROLS = ['switch', 'slider']
const MOST = 200_000 // bytes of states in a page
const script = () => readFileSync(new URL('controls.js', import.meta.url), 'utf8')

export function interactive(deck) {
  const shown = new Map()
  let last // the last slide with a control: the pages of references after it are written anew, and would lose the script
  for (const slide of deck.slides)
    for (const token of [...slide.tokens]) {
      const tag = token.type === 'html_block' && tags(token.content).find(({ close, attributes }) => !close && 'data-states' in attributes)
      if (!tag || !deck.context.present) continue
      const name = tag.attributes['data-states']
      const states = deck.context.states[name]
      const control = tag.attributes['data-control'] ?? 'slider'
      const problem = fault(slide, name, states, control, tag.attributes)
      if (problem) {
        deck.problem(slide, `data-states="${name}"`, ...problem)
        continue
      }
      const pages = !['html', undefined].includes(deck.context.form)
      if (!pages) shown.set(name, states)
      last = slide
      const at = slide.tokens.indexOf(token)
      const end = slide.tokens.findIndex((other, i) => i > at && other.type === 'html_block' && /^\s*<\/div>/.test(other.content) && depth(slide.tokens.slice(at, i + 1)) === 0)
      if (pages) slide.tokens.splice(end, 0, deck.html(ends(states)))
      else slide.tokens.splice(at + 1, 0, deck.html(CONTROL[control](name, states, tag.attributes['data-label'])))
    }
  if (shown.size === 0) return
  const data = [...shown].map(([name, states]) => `<script type="application/json" data-states-of="${escapeHtml(name)}">${JSON.stringify(states).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)}</script>\n`).join('')
  if (data.length > MOST) deck.problem(deck.slides[0], 'data-states', `hold ${data.length} bytes, more than ${MOST}`, 'record fewer states')
  last.tokens.push(deck.html(`${data}<script>\n${script()}</script>\n`))
}

// -> [problem, remedy]; nothing where there is none
function fault(slide, name, states, control, attributes) {
  if (!states) return ['nothing recorded these states', 'record them in a notebook: record_states("NAME", …), and run it']
  if (!CONTROLS.includes(control)) return [`has data-control="${control}"`, `write ${CONTROLS.join(' or ')}`]
  if (!attributes['data-label']?.trim()) return ['has no label', 'write data-label="…": what the control changes']
  for (const [slot, literal] of slots(slide)) {
    if (!(slot in states.values)) return [`have no slot «${slot}»`, `use ${Object.keys(states.values).join(', ')}`]
    const meant = states.values[slot][states.default]
    if (same(literal) !== same(meant)) return [`say «${meant}» by default, and the slide «${literal}» in the slot «${slot}»`, 'run `coursekit sync`, or write the default state']
  }
  return undefined
}

// [slot, text] of every slot of a slide: after the pass of the spans, so numbers are fresh.
function* slots(slide) {
  for (const { token, list } of walk(slide.tokens)) {
    if (token.type === 'html_block')
      for (const [, slot, text] of token.content.matchAll(/<[^>]*\bdata-slot="([^"]*)"[^>]*>([^<]*)</g)) yield [slot, text]
    const slot = token.type === 'html_inline' && tags(token.content).find(({ close, attributes }) => !close && 'data-slot' in attributes)
    if (slot) yield [slot.attributes['data-slot'], list[list.indexOf(token) + 1]?.content ?? '']
  }
}

function same(text) {
  return text.replace(/\s+/g, ' ').trim()
}

function depth(tokens) {
  return tokens.flatMap(({ type, content }) => (type === 'html_block' ? tags(content) : [])).filter(({ name }) => name === 'div').reduce((sum, { close }) => sum + (close ? -1 : 1), 0)
}

const CONTROL = {
  slider: (name, { labels, default: at }, label) =>
    `<div class="control" data-of="${escapeHtml(name)}"><label>${escapeHtml(label)}</label><input type="range" min="0" max="${labels.length - 1}" step="1" value="${at}" aria-label="${escapeHtml(label)}" aria-valuetext="${escapeHtml(labels[at])}"><output>${escapeHtml(labels[at])}</output></div>\n`,
  switch: (name, { labels, default: at }, label) =>
    `<div class="control" data-of="${escapeHtml(name)}" role="group" aria-label="${escapeHtml(label)}"><span>${escapeHtml(label)}</span>${labels.map((each, i) => `<button type="button" value="${i}" aria-pressed="${i === at}">${escapeHtml(each)}</button>`).join('')}</div>\n`,
}

// On paper: what the control would show at its two ends.
function ends({ labels, values, default: at }) {
  const others = [...new Set([0, labels.length - 1])].filter((i) => i !== at)
  const card = (i) => `<div><strong>${escapeHtml(labels[i])}</strong>: ${Object.values(values).map((texts) => escapeHtml(texts[i])).join(' · ')}</div>`
  return `<div class="ends" data-measured="states">${others.map(card).join('')}</div>\n`
}
