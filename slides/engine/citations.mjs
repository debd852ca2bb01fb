// [@key], [@key, tabla 1], [@a; @b]  ->  (Vaswani et al., 2017, tabla 1), linked to the references.
import { escapeHtml, walk } from './tokens.mjs'

const CITATION = /^\[(@[^\s\],;]+(?:,[^\];@]*)?(?:;\s*@[^\s\],;]+(?:,[^\];@]*)?)*)\]/

// The inline rule: one `coursekit_cite` token a citation, shown as it was written until resolved.
export function citationSyntax(md) {
  md.inline.ruler.before('link', 'coursekit_cite', (state, silent) => {
    if (state.src.charCodeAt(state.pos) !== 0x5b) return false
    const match = CITATION.exec(state.src.slice(state.pos))
    if (!match) return false
    if (!silent) {
      const token = state.push('coursekit_cite', '', 0)
      token.meta = { items: match[1].split(';').map(parseItem), page: {} }
      token.content = match[0]
    }
    state.pos += match[0].length
    return true
  })
  md.renderer.rules.coursekit_cite = (tokens, i) => render(tokens[i])
}

function parseItem(text) {
  const [key, ...locator] = text.trim().slice(1).split(',')
  return { key: key.trim(), locator: locator.join(',').trim() }
}

function render({ content, meta }) {
  if (!meta.references) return `<span class="cite">${escapeHtml(content)}</span>`
  const parts = meta.items.map(({ key, locator }) => {
    const label = escapeHtml(meta.references[key].label + (locator ? `, ${locator}` : ''))
    const page = meta.page[key]
    return page ? `<a href="#${page}" data-cite="${escapeHtml(key)}">${label}</a>` : `<span data-cite="${escapeHtml(key)}">${label}</span>`
  })
  return `<span class="cite">(${parts.join('; ')})</span>`
}

// Checks the keys of every slide; the references pass fills in the pages.
export function citations(deck) {
  deck.citations = []
  if (!deck.context.present) return
  for (const slide of deck.slides) {
    for (const { token } of walk(slide.tokens)) {
      if (token.type !== 'coursekit_cite') continue
      const unknown = token.meta.items.filter(({ key }) => !(key in deck.context.references))
      for (const { key } of unknown)
        deck.problem(slide, `[@${key}]`, 'is not in the bibliography', 'add it to modules/references.bib or correct the key')
      if (unknown.length > 0) continue
      token.meta.references = deck.context.references
      deck.citations.push(token)
    }
  }
}
