// Raw HTML in a deck: every tag is closed on its slide, and nothing in it is there for some readers only.
import { tags } from './tags.mjs'
import { walk } from './tokens.mjs'

const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))
const OPTIONAL = new Set('p li dt dd tr td th thead tbody tfoot option colgroup'.split(' ')) // a browser closes these

export function markup(deck) {
  if (!deck.context.present) return
  for (const slide of deck.slides) {
    const raw = [...walk(slide.tokens)].map(({ token }) => token).filter(({ type }) => type === 'html_block' || type === 'html_inline')
    for (const { content } of raw) {
      for (const tag of tags(content)) checkTag(deck, slide, tag)
      for (const [, css] of content.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/gi)) checkStyle(deck, slide, css)
      if (content.includes('<!--'))
        deck.problem(slide, '<!-- … -->', 'inside HTML is no note, and stands in the file of the students', 'leave a blank line above it')
    }
    for (const { token } of walk(slide.tokens)) {
      if (token.type === 'marpit_style') checkStyle(deck, slide, token.content)
      if (token.type === 'ordered_list_open') checkTag(deck, slide, { name: 'ol', close: false, attributes: Object.fromEntries(token.attrs ?? []) })
    }
    checkBalance(deck, slide, raw.flatMap(({ content }) => tags(content)))
  }
}

function checkTag(deck, slide, { name, close, attributes }) {
  if (close) return
  if (attributes.title?.trim())
    deck.problem(slide, `<${name} title="${attributes.title}">`, 'is text that nobody sees on a slide', 'write it on the slide or in a note')
  if (name === 'ol' && 'start' in attributes && !/^[1-9]$/.test(attributes.start))
    deck.problem(slide, `<ol start="${attributes.start}">`, 'writes a number that no gate reads', 'write the number as text')
  if (name === 'li' && 'value' in attributes)
    deck.problem(slide, `<li value="${attributes.value}">`, 'writes a number that no gate reads', 'write the number as text')
  if ('data-measured' in attributes)
    deck.problem(slide, `<${name} data-measured>`, 'is what the engine writes', 'write data-metric, and record the number in a notebook')
  checkStyle(deck, slide, attributes.style ?? '')
}

// Text that a style writes is in no page's text: it cannot be searched, read aloud or checked.
function checkStyle(deck, slide, css) {
  const written = /(?<![\w-])content\s*:(?!\s*(?:none|normal|''|"")\s*(?:[;}]|$))[^;}]*|\bcounter-(?:reset|set|increment)\s*:[^;}]*/.exec(css)
  if (written) deck.problem(slide, written[0].trim(), 'writes text by a style, which no gate reads', 'write it on the slide')
}

function checkBalance(deck, slide, list) {
  const open = []
  const unclosed = (name) => deck.problem(slide, `<${name}>`, 'is not closed on its slide', `write </${name}> before the next ---`)
  for (const { name, close, empty } of list) {
    if (VOID.has(name) || OPTIONAL.has(name)) continue
    if (!close) {
      if (!(empty && open.includes('svg'))) open.push(name) // only inside a drawing does <path/> close itself
    } else if (open.includes(name)) {
      while (open.at(-1) !== name) unclosed(open.pop())
      open.pop()
    } else deck.problem(slide, `</${name}>`, 'closes nothing on its slide', 'take it out, or open it on this slide')
  }
  for (const name of open) unclosed(name)
}
