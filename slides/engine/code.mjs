// ```python source=coursekit.attention.reference:attention part=body
// The block in the deck is a literal; here it becomes the code as it is now. Python that is not the library's says why:
// ```python why="pseudocódigo". The gates read both from the page.
import { walk } from './tokens.mjs'

const DRAWN = ['mermaid', 'plantuml', 'dot', 'graphviz', 'vega', 'vega-lite', 'chart'] // elsewhere a picture

export function code(deck) {
  for (const slide of deck.slides) {
    for (const { token } of walk(slide.tokens)) {
      if (token.type !== 'fence' || !deck.context.present) continue
      const [language] = token.info.trim().split(/\s+/)
      const why = /\swhy="([^"]*)"/.exec(token.info)
      if (why) token.attrSet('data-why', why[1])
      if (DRAWN.includes(language.toLowerCase()))
        deck.problem(slide, `\`\`\`${language}`, 'is shown as code, not drawn', 'save the drawing as SVG under slides/figures/ and show it')
      const key = sourceKey(token.info)
      if (!key) continue
      token.attrSet('data-source', key)
      const fresh = deck.context.sources[key]
      if (fresh === undefined)
        deck.problem(slide, `source=${key}`, 'the builder has no such code', 'check module and function name')
      else token.content = fresh.endsWith('\n') ? fresh : `${fresh}\n`
    }
  }
}

export function sourceKey(info) {
  const at = /(?:^|\s)source=(.+)$/.exec(info.trim())
  return at ? at[1].trim().replace(/\s+/g, ' ') : null
}
