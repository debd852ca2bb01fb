// `_minutes` (of this slide) and `_route` (minutes of this slide in the 15-minute route), and what
// Marp forgives in silence: misspelt directives, notes that read as directives, notes cut short.
import { comments, walk } from './tokens.mjs'

const OURS = ['_minutes', '_route']
const MARP = ['theme', 'size', 'style', 'lang', 'math', 'headingDivider', 'title', 'author', 'description', 'keywords', 'marp', 'transition']
const LOCAL = ['class', 'color', 'paginate', 'header', 'footer', 'backgroundColor', 'backgroundImage', 'backgroundPosition', 'backgroundRepeat', 'backgroundSize', 'transition']
const KNOWN = new Set([...OURS, ...MARP, ...LOCAL, ...LOCAL.map((key) => `_${key}`)])

export function directives(deck) {
  const front = deck.slides[0].tokens.find((t) => t.type === 'front_matter')
  const minutes = front && /^minutes:\s*([\d.]+)\s*$/m.exec(frontText(front))
  if (minutes) deck.slides[0].attributes['data-deck-minutes'] = minutes[1]

  for (const slide of deck.slides) {
    for (const comment of comments(slide.tokens)) checkComment(deck, slide, comment)
    for (const key of OURS) {
      const value = slide.directives[key]
      if (value === undefined) continue
      if (/^\d+(\.\d+)?$/.test(value)) slide.attributes[`data-${key.slice(1)}`] = String(value)
      else deck.problem(slide, `${key}: ${value}`, 'is not a number of minutes', `write for example "${key}: 2.5"`)
    }
    for (const { token } of walk(slide.tokens)) {
      if (token.type === 'text' && token.content.includes('-->'))
        deck.problem(slide, '-->', 'a note ends early and its rest is on the slide', 'do not write "-->" inside a note')
    }
  }
}

function checkComment(deck, slide, comment) {
  const keys = Object.keys(comment.meta?.marpitParsedDirectives ?? {})
  const known = keys.filter((key) => KNOWN.has(key))
  const unknown = keys.filter((key) => !KNOWN.has(key))
  if (known.length > 0) {
    comment.meta.marpitCommentParsed = 'directive'
    if (unknown.length > 0)
      deck.problem(slide, `<!-- ${unknown[0]}: … -->`, 'mixes directives and text, so Marp drops it as a note', 'put directives and notes in comments of their own')
  } else if (unknown.length > 0 && unknown.every((key) => /^_\w+$/.test(key))) {
    deck.problem(slide, `<!-- ${unknown[0]}: … -->`, 'is no directive', `use one of ${OURS.join(', ')} or a Marp directive`)
  } else if (keys.length === 0 && OURS.concat('_class').some((key) => comment.content.startsWith(`${key}:`))) {
    deck.problem(slide, `<!-- ${comment.content.split('\n')[0]} -->`, 'is not valid YAML, so Marp takes it for a note', 'write one "name: value" a line')
  }
}

function frontText(token) {
  return typeof token.meta === 'string' ? token.meta : (token.content ?? '')
}
