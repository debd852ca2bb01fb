// The deck context: what Python knows and a deck does not (fresh numbers, code, references, edition).
// Its path is in COURSEKIT_DECK_CONTEXT. Without it (plain preview) decks show their own literals.
import { readFileSync } from 'node:fs'

const EMPTY = {
  present: false, // false: nothing is checked, literals stay
  edition: 'instructor', // or 'student'
  form: 'html', // or 'plain' (the page of the gates), 'pdf', 'pptx'
  title: '', // what Marp is told with --title
  route: false, // true: only slides with `_route`
  ledger: '../../claims.html', // from where the decks are built
  states: {}, // name -> { labels, values: slot -> texts, default }
  root: '', // folder that the deck's image paths start from
  inside: '', // folder that no image may lie outside of: the course
  front: {}, // the front matter, each value as text
  metrics: {}, // name -> "99,8 %" or { text, origin }
  claims: {}, // id -> "99,8 %" or { text, source }
  references: {}, // key -> { label, entry, url }
  sources: {}, // "module:name part=body" -> code
}

export function loadContext(path = process.env.COURSEKIT_DECK_CONTEXT) {
  if (!path) return EMPTY
  return { ...EMPTY, present: true, ...JSON.parse(readFileSync(path, 'utf8')) }
}
