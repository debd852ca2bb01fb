// <span data-metric="copy/accuracy">99,8 %</span> takes the value that a notebook measured;
// <span data-claim="mamba-copy">99,8 %</span> the figure that a source published. A claim's span
// without digits («gana») keeps its words: the claim only supports them.
import { escapeHtml, walk } from './tokens.mjs'

const OPEN = /^<span\s[^>]*data-(metric|claim)="([^"]*)"[^>]*>$/
const WHOLE = /<span\s[^>]*data-(metric|claim)="([^"]*)"[^>]*>([\s\S]*?)<\/span>/g

export function spans(deck) {
  if (!deck.context.present) return
  for (const slide of deck.slides) {
    for (const token of slide.tokens) {
      if (token.type === 'html_block')
        token.content = token.content.replace(WHOLE, (_, kind, name, literal) => {
          const [open, text] = measured(deck, slide, kind, name, literal)
          return `${open}${text === null ? literal : escapeHtml(text)}</span>`
        })
      if (token.type === 'inline') inlineSpans(deck, slide, token)
    }
  }
}

function inlineSpans(deck, slide, inline) {
  const out = []
  const list = inline.children
  for (let i = 0; i < list.length; i += 1) {
    const match = list[i].type === 'html_inline' && OPEN.exec(list[i].content)
    if (!match) {
      out.push(list[i])
      continue
    }
    const end = list.findIndex((t, at) => at > i && t.type === 'html_inline' && t.content === '</span>')
    if (end < 0) {
      deck.problem(slide, list[i].content, 'is not closed on its line', 'close it with </span> in the same paragraph')
      return
    }
    const inside = list.slice(i + 1, end)
    const [open, text] = measured(deck, slide, match[1], match[2], inside.map((t) => t.content).join(''))
    list[i].content = open
    const fresh = Object.assign(new deck.Token('text', '', 0), { content: text })
    out.push(list[i], ...(text === null ? inside : [fresh]), list[end])
    i = end
  }
  inline.children = out
}

// -> [opening tag, fresh text or null where the literal stays]
function measured(deck, slide, kind, name, literal) {
  const known = kind === 'metric' ? deck.context.metrics : deck.context.claims
  const value = known[name]
  if (value === undefined) {
    const remedy =
      kind === 'metric'
        ? `run the notebook that records it: coursekit run ${deck.context.deck ?? 'MODULE'}`
        : 'add a [[claim]] with this id to module.toml'
    deck.problem(slide, `data-${kind}="${name}"`, kind === 'metric' ? 'nothing recorded this metric' : 'no such claim', remedy)
    return [`<span data-${kind}="${escapeHtml(name)}">`, null]
  }
  const { text, origin, source } = typeof value === 'string' ? { text: value } : value
  const title = kind === 'metric' ? (origin ?? `medido: ${name}`) : `publicado: ${source ?? name}`
  const open = `<span data-${kind}="${escapeHtml(name)}" class="${kind}" title="${escapeHtml(title)}">`
  return [open, kind === 'claim' && !/\d/.test(literal) ? null : text]
}
