// What would stand on the slide as it was typed: Markdown inside HTML without blank lines, and marks of Markdown's
// cousins (Deckset, Pandoc, GitHub) that Marp does not know.
import { walk } from './tokens.mjs'

const SHOWN = new Set(['text', 'text_special', 'softbreak', 'hardbreak', 'html_inline', 'marpit_comment', 'linkify'])
const SEEN_APART = /<(script|style|pre|code|svg|textarea|math)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi
const HOLE = '\uFFFC' // in place of what is no plain text

const TYPED = [
  [/\$/, 'a formula that is not closed, or the sign', 'close the formula with $, or write \\$ for the sign'],
  [/\[@[^\]\n]*\]?|(?<=\[)\uFFFC?@/, 'no citation', 'write [@key] or [@key, tabla 1], with a comma'],
  [/^\^[^\n]*/m, "a note of Deckset's", 'run `coursekit import-deck`, or write the note as <!-- … -->'],
  [/\[\^[^\]\n]+\]/, 'a footnote, which Marp does not know', 'cite it, or write it on the slide'],
  [/\*\*/, 'bold print that does not begin or end', 'leave no space inside the asterisks, or write \\*'],
  [/(?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:])/, 'a name of an emoji', 'write the sign itself'],
  [/`/, 'code that does not end', 'close it with `, or write \\`'],
  [/\]\(|!\[/, 'a link or an image that is none', 'write ![what it shows](<path>), without a line break'],
  [/^:::.*/m, 'a fenced div, which Marp does not know', 'write <div class="…">, with blank lines around the Markdown'],
  [/\{[.#:][\w-][^}\n]*\}/, 'an attribute, which Marp does not know', 'write <span class="…">'],
  [/^\|.*\|$/m, 'a table that is none', 'write the line |---| below its head, and a blank line above it'],
  [/^#{1,6}\p{L}[^\n]*/mu, 'a heading that is none', 'leave a space after #'],
  [/\{\{|\{%/, 'a template that nothing fills in', 'write what it stands for'],
  [/<\/?(?:div|span|img|video|table|section|style|sup|sub)\b[^\n]*/, 'a tag that is none', 'close its quotes and its >'],
  [/<!--/, 'a comment that does not end', 'close it with -->'],
  [/&(?:[a-z]{2,8}|#\d+);?(?=\W|$)/i, 'an entity that does not exist', 'write the sign itself'],
]

// Before escapes and their letters become one text: «\$» is meant, «$» is not.
export function leftoverSyntax(md) {
  md.core.ruler.before('text_join', 'coursekit_typed', (state) => {
    if (state.inlineMode) return
    for (const token of state.tokens)
      if (token.type === 'inline') token.meta = { ...token.meta, typed: typed(token.children) }
  })
}

export function leftovers(deck) {
  if (!deck.context.present) return
  for (const slide of deck.slides) {
    for (const { token } of walk(slide.tokens)) {
      if (token.type === 'inline') checkTyped(deck, slide, token.meta?.typed ?? '')
      if (token.type === 'html_block') checkHtml(deck, slide, token.content)
    }
  }
}

function checkTyped(deck, slide, text) {
  for (const [pattern, what, remedy] of TYPED) {
    const found = pattern.exec(text)
    if (found) deck.problem(slide, `«${around(text, found)}»`, `stands as it was typed: ${what}`, remedy)
  }
  const key = [...text.matchAll(/(?<![\w.@[])@([\w:.-]*\w)/g)].find((match) => match[1] in deck.context.references)
  if (key && !text.includes('[@')) deck.problem(slide, `«${key[0]}»`, 'stands as it was typed: no citation', `write [${key[0]}, lugar]`)
}

// Whatever Markdown would make of the words of a block of HTML, it makes nothing of.
function checkHtml(deck, slide, html) {
  const words = html.replace(SEEN_APART, '').replace(/^[ \t]+/gm, '')
  const inline = []
  deck.md.inline.parse(words, deck.md, {}, inline)
  const blocks = []
  deck.md.block.parse(words.replace(/<[^>]*>/g, '').trim(), deck.md, {}, blocks)
  const made = inline.find(({ type, nesting }) => nesting >= 0 && !SHOWN.has(type)) ?? blocks.find(({ type }) => !['paragraph_open', 'paragraph_close', 'inline', 'code_block'].includes(type))
  const line = made && words.replace(/<[^>]*>/g, ' ').split('\n').map((each) => each.trim()).find((each) => each && isMarkdown(deck, each))
  if (made) deck.problem(slide, `«${(line ?? words.trim()).slice(0, 50)}»`, 'is Markdown inside HTML, shown as it was typed', 'leave a blank line above and below the Markdown in a block of HTML')
  else checkTyped(deck, slide, typed(inline))
}

function isMarkdown(deck, line) {
  const inline = []
  deck.md.inline.parse(line, deck.md, {}, inline)
  return inline.some(({ type }) => !SHOWN.has(type)) || /^(?:[-*+>#|]|\d+[.)])\s?/.test(line)
}

function typed(children) {
  return children.map(({ type, content }) => (type === 'text' ? content : /break$/.test(type) ? '\n' : HOLE)).join('')
}

function around(text, { 0: found, index }) {
  return text.slice(Math.max(0, index - 15), index + Math.max(found.length, 20)).replaceAll(HOLE, '…').replace(/\s+/g, ' ').trim()
}
