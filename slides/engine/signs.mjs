// Signs that the theme's own faces lack (arrows, boxes, emoji): the faces that hold them, as a style of the deck.
import { signFaces } from './theme.mjs'
import { walk } from './tokens.mjs'

export function signs(deck) {
  if (!deck.context.present) return
  const text = deck.slides.flatMap((slide) => [...walk(slide.tokens)].map(({ token }) => token.content)).join('')
  const shown = [text, deck.context.front.header, deck.context.front.footer, ...Object.values(deck.context.references).map(({ entry }) => entry)]
  const faces = signFaces(shown.join(' '))
  if (faces) deck.slides[0].tokens.unshift(Object.assign(new deck.Token('marpit_style', '', 0), { content: faces, hidden: true, meta: {} }))
}
