// The engine of the decks: Marp plus one pass a file, run in this order over the parsed deck.
import { citations, citationSyntax } from './citations.mjs'
import { code } from './code.mjs'
import { loadContext } from './context.mjs'
import { Deck } from './deck.mjs'
import { directives } from './directives.mjs'
import { drawings } from './drawings.mjs'
import { edition } from './edition.mjs'
import { formulas } from './formulas.mjs'
import { images } from './images.mjs'
import { leftovers, leftoverSyntax } from './leftovers.mjs'
import { markup } from './markup.mjs'
import { interactive } from './interactive.mjs'
import { progress } from './progress.mjs'
import { references } from './references.mjs'
import { route } from './route.mjs'
import { signs } from './signs.mjs'
import { spans } from './spans.mjs'
import { themeCss } from './theme.mjs'
import { titles } from './titles.mjs'

const PASSES = [directives, markup, leftovers, route, edition, code, spans, interactive, drawings, images, titles, progress, citations, references, signs]

function coursekit(md, context) {
  let deck
  md.use(citationSyntax)
  md.use(formulas)
  md.use(leftoverSyntax)
  md.core.ruler.before('marpit_slide', 'coursekit', (state) => {
    if (state.inlineMode) return
    deck = new Deck(state, context)
    for (const pass of PASSES) pass(deck)
    state.tokens = deck.join()
    if (context.present) deck.finish()
  })
  md.core.ruler.after('marpit_directives_apply', 'coursekit_attributes', (state) => {
    if (state.inlineMode) return
    state.tokens
      .filter((token) => token.type === 'marpit_slide_open')
      .forEach((token, i) => {
        for (const [name, value] of Object.entries(deck.slides[i].attributes)) token.attrSet(name, value)
      })
  })
}

export default ({ marp }) => {
  const context = loadContext()
  marp.themeSet.add(themeCss())
  return marp.use(coursekit, context)
}
