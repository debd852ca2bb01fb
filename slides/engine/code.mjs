// ```python source=coursekit.attention.reference:attention part=body
// The block in the deck is a literal; here it becomes the code as it is now.
import { walk } from './tokens.mjs'

export function code(deck) {
  for (const slide of deck.slides) {
    for (const { token } of walk(slide.tokens)) {
      const key = token.type === 'fence' && sourceKey(token.info)
      if (!key || !deck.context.present) continue
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
