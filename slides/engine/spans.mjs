// <span data-metric="copy/accuracy">99,8 %</span> takes the value that a notebook measured;
// <span data-claim="mamba-copy">99,8 %</span> the figure that a source published. Any element may
// carry them. A claim's words without digits («gana») stay: the claim only supports them.
// The same rules as course/text/spans.py.
import { closing, openTag, tags } from './tags.mjs'
import { escapeHtml, walk } from './tokens.mjs'

const NAMED = /\bdata-(?:metric|claim)\s*=/i
const KINDS = { 'data-metric': 'metric', 'data-claim': 'claim' }
const WORDS = 6

export function spans(deck) {
  if (!deck.context.present) return
  for (const slide of deck.slides) {
    for (const token of slide.tokens) {
      if (token.type === 'html_block') token.content = inBlock(deck, slide, token.content)
      if (token.type === 'inline') inLine(deck, slide, token)
    }
    for (const { token } of walk(slide.tokens))
      if (/^(?:text|marp_math)/.test(token.type) && NAMED.test(token.content))
        deck.problem(slide, token.content.trim().slice(0, 60), 'is no HTML', 'write <span data-metric="NAME">1</span>')
  }
}

function inBlock(deck, slide, html) {
  const list = tags(html)
  let out = ''
  let at = 0
  list.forEach((tag, i) => {
    const end = closing(list, i)
    const literal = end < 0 ? null : html.slice(tag.end, list[end].start)
    const fresh = tag.start < at ? null : measured(deck, slide, tag, literal)
    if (!fresh) return
    out += html.slice(at, tag.start) + fresh.open + (fresh.mark ?? (fresh.text === null ? literal : escapeHtml(fresh.text)))
    at = list[end].start
  })
  return out + html.slice(at)
}

function inLine(deck, slide, inline) {
  const out = []
  const children = inline.children
  const list = children.flatMap((token, at) =>
    token.type === 'html_inline' ? tags(token.content).map((tag) => ({ ...tag, at })) : [],
  )
  for (let at = 0; at < children.length; at += 1) {
    const i = list.findIndex((tag) => tag.at === at)
    const end = i < 0 ? -1 : closing(list, i)
    const inside = end < 0 ? null : children.slice(at + 1, list[end].at)
    const fresh = i < 0 ? null : measured(deck, slide, list[i], inside && inside.map((t) => t.content).join(''))
    out.push(children[at])
    if (!fresh) continue
    children[at].content = fresh.open
    if (fresh.mark) out.push(Object.assign(new deck.Token('html_inline', '', 0), { content: fresh.mark }))
    else if (fresh.text === null) out.push(...inside)
    else out.push(Object.assign(new deck.Token('text', '', 0), { content: fresh.text }))
    at = list[end].at - 1
  }
  inline.children = out
}

// -> { open: the tag with its origin, text: the fresh value, null where the literal stays }; null where nothing changes
function measured(deck, slide, tag, literal) {
  const kinds = tag.close ? [] : Object.keys(tag.attributes).filter((name) => name in KINDS)
  if (kinds.length === 0) return null
  const kind = KINDS[kinds[0]]
  const name = tag.attributes[kinds[0]]
  const known = kind === 'metric' ? deck.context.metrics : deck.context.claims
  const [problem, remedy] = fault(deck, kinds, name, literal, Object.hasOwn(known, name))
  if (problem) {
    deck.problem(slide, `${kinds[0]}="${name}"`, problem, remedy)
    return null
  }
  const value = known[name]
  const { text, origin, source } = typeof value === 'string' ? { text: value } : value
  const title = kind === 'metric' ? (origin ?? `medido: ${name}`) : `publicado: ${source ?? name}`
  if (kind === 'metric' && name.endsWith('@recorded')) return recorded(deck, tag, name, text)
  const shown = { ...tag.attributes, class: `${tag.attributes.class ?? ''} ${kind}`.trim(), title: escapeHtml(title) }
  return { open: openTag(tag.name, shown), mark: null, text: kind === 'claim' && !/\d/.test(literal) ? null : text }
}

// When and where a longer run measured: a dot, which says it to who points at it and leads to the ledger. On paper, which
// has no tooltip, the day stands beside it; the sentence itself stays in the deck's source.
function recorded(deck, tag, name, text) {
  const said = escapeHtml(text)
  const open = openTag(tag.name, { ...tag.attributes, class: `${tag.attributes.class ?? ''} recorded`.trim(), title: said })
  const dot = '<span class="dot" aria-hidden="true"></span>'
  if (!['html', undefined].includes(deck.context.form)) return { open, mark: `${dot} ${escapeHtml(/\d{4}-\d\d-\d\d/.exec(text)?.[0] ?? text)}` }
  const [metric, slug = deck.context.deck ?? ''] = name.replace('@recorded', '').split(':').reverse()
  const address = `${deck.context.ledger}#grabado-${slug}-${metric.replace(/\//g, '-')}`
  return { open, mark: `<a href="${escapeHtml(address)}" aria-label="${said}">${dot}</a>` }
}

// -> [problem, remedy], empty where there is none
function fault(deck, kinds, name, literal, known) {
  if (kinds.length > 1) return ['has data-metric and data-claim', 'a number has one origin']
  if (literal === null) return ['is not closed in its paragraph', 'close it behind the number']
  if (NAMED.test(literal)) return ['stands around another measured element', 'write the two one after the other']
  if (tags(literal).length > 0) return ['has a tag inside', 'put it around the element']
  if (kinds[0] === 'data-metric' && !name.includes('@') && literal.trim().split(/\s+/).length > WORDS)
    return ['holds more than a number with its unit', 'close it behind the number']
  if (kinds[0] === 'data-claim' && !literal.trim()) return ['is empty', 'write the published figure, or words that it supports']
  if (known) return []
  return kinds[0] === 'data-metric'
    ? ['nothing recorded this metric', `run the notebook that records it: coursekit run ${deck.context.deck ?? 'MODULE'}`]
    : ['no such claim', 'add a [[claim]] with this id to module.toml']
}
