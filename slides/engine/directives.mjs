// `_minutes` (of this slide), `_route` (minutes of this slide in the 15-minute route), `_let` (why a slide may be denser
// than the second edition's are), `_only` (route.mjs), the deck's `minutes` and `edition`, and what Marp forgives in silence: misspelt directives, notes that read as directives, notes cut short.
//
// A comment holds directives of its own slide, which begin with "_", or a note, and never both. What holds for the
// whole deck stands in the front matter: «footer: …» in a comment would be shown on every later slide.
import { classes } from './theme.mjs'
import { comments, walk } from './tokens.mjs'

const OURS = ['_minutes', '_route', '_let', '_only']
const NUMBERS = ['_minutes', '_route']
const KEYS = ['minutes', 'edition'] // ours, of the front matter
const WHOLE = ['theme', 'size', 'style', 'lang', 'math', 'headingDivider', 'title', 'author', 'description', 'keywords', 'url', 'image', 'marp']
const LOCAL = ['class', 'color', 'paginate', 'header', 'footer', 'backgroundColor', 'backgroundImage', 'backgroundPosition', 'backgroundRepeat', 'backgroundSize', 'transition']
const OF_A_SLIDE = [...OURS, ...LOCAL.map((key) => `_${key}`)]
const OF_THE_DECK = [...WHOLE, ...LOCAL]
const EVERYWHERE = ['dark'] // classes that are no kind of slide

export function directives(deck) {
  const { front } = deck.context
  if (/^[\d.]+$/.test(front.minutes ?? '')) deck.slides[0].attributes['data-deck-minutes'] = front.minutes
  const known = [...OF_THE_DECK, ...KEYS]
  for (const key of Object.keys(front).filter((key) => ![...known, ...OF_A_SLIDE].includes(key)))
    deck.problem(deck.slides[0], `${key}: …`, `is no key of the front matter${guess(key, known)}`, 'correct it or take it out')
  if (front.edition !== undefined && front.edition !== '2')
    deck.problem(deck.slides[0], `edition: ${front.edition}`, 'is no edition of the grammar of decks', 'write "edition: 2", or take it out')
  checkClasses(deck, deck.slides[0], 'class', front.class, EVERYWHERE)
  checkClasses(deck, deck.slides[0], '_class', front._class, classes())

  for (const slide of deck.slides) {
    for (const comment of comments(slide.tokens)) checkComment(deck, slide, comment)
    checkClasses(deck, slide, '_class', slide.directives._class, classes())
    if (front.edition === '2') slide.attributes['data-edition'] = '2'
    if (slide.directives._let !== undefined) slide.attributes['data-let'] = String(slide.directives._let)
    for (const key of NUMBERS) {
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
  if (keys.join() === 'title' && comment.meta.marpitParsedDirectives.title === deck.context.title) return // Marp's own, of --title
  const report = (key, problem, remedy) => deck.problem(slide, `<!-- ${key}: … -->`, problem, remedy)
  const own = keys.filter((key) => OF_A_SLIDE.includes(key))
  const inherited = keys.filter((key) => OF_THE_DECK.includes(key))
  const misspelt = keys.filter((key) => key.startsWith('_') && !own.includes(key))
  const words = keys.filter((key) => ![...own, ...inherited, ...misspelt].includes(key))

  if (comment.markup && !comment.markup.includes('-->'))
    deck.problem(slide, `<!-- ${firstLine(comment.markup.replace(/^<!--+\s*/, ''))}`, 'is a comment that does not end', 'close it with -->')
  else if (misspelt.length > 0)
    report(misspelt[0], `is no directive${guess(misspelt[0], OF_A_SLIDE)}`, `use one of ${OURS.join(', ')} or a directive of Marp`)
  else if (own.length + inherited.length > 0 && words.length > 0)
    report(words[0], 'mixes directives and text, so Marp drops it as a note', 'put directives and notes in comments of their own')
  else if (inherited.length > 0) {
    comment.meta.marpitParsedDirectives = {} // never shown, whatever becomes of the problem
    const here = LOCAL.includes(inherited[0]) ? `; for this slide, write _${inherited[0]}` : ''
    report(inherited[0], 'is no note but a directive, for every slide from here on', `begin the note with another word; for the deck, write it in the front matter${here}`)
  } else if (own.length > 0) comment.meta.marpitCommentParsed = 'directive'
  else if (keys.length === 0 && /^_\w+\s*:/m.test(comment.content))
    deck.problem(slide, `<!-- ${firstLine(comment.content)} -->`, 'is not valid YAML, so Marp takes it for a note', 'write one "name: value" a line')
}

function checkClasses(deck, slide, key, value, known) {
  for (const name of [value ?? []].flat().join(' ').split(/\s+/).filter(Boolean)) {
    if (known.includes(name)) continue
    const [problem, remedy] = classes().includes(name)
      ? ['is a kind of slide, and would be that of every slide', `write _class in a comment of each; here stands one of ${known.join(', ')}`]
      : [`is not in the theme${guess(name, known)}`, `use one of ${known.join(', ')}`]
    deck.problem(slide, `${key}: ${name}`, problem, remedy)
  }
}

function firstLine(text) {
  return text.split('\n')[0]
}

// «: did you mean _minutes?», for the nearest name that is at most two letters away
function guess(word, names) {
  const [[distance, name]] = names.map((name) => [letters(word.toLowerCase(), name.toLowerCase()), name]).sort(([a], [b]) => a - b)
  return distance <= 2 ? `: did you mean ${name}?` : ''
}

// How many letters to change, add or take away (Levenshtein).
function letters(a, b) {
  let row = [...Array(b.length + 1).keys()]
  for (let i = 1; i <= a.length; i += 1)
    row = row.reduce((next, _, j) => [...next, j === 0 ? i : Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]))], [])
  return row[b.length]
}
