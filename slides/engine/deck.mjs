// A deck while it is being built: its slides, each with its tokens, and the problems found so far.
import { directivesOf, titleOf } from './tokens.mjs'

export class Deck {
  constructor(state, context) {
    this.Token = state.Token
    this.md = state.md
    this.context = context
    this.problems = []
    this.slides = split(state.tokens).map((tokens, i) => new Slide(tokens, i + 1))
  }

  problem(slide, element, problem, remedy) {
    this.problems.push({ slide: slide.number, title: slide.title, element, problem, remedy })
  }

  // The tokens again, with one slide break before every slide but the first.
  join() {
    return this.slides.flatMap((slide, i) => (i === 0 ? slide.tokens : [this.hr(slide), ...slide.tokens]))
  }

  hr(slide) {
    return slide.hr ?? Object.assign(new this.Token('hr', 'hr', 0), { block: true, markup: '---' })
  }

  html(content) {
    return Object.assign(new this.Token('html_block', '', 0), { content, block: true })
  }

  // Report every problem at once, one JSON line each: the builder turns them into its error.
  finish() {
    if (this.problems.length === 0) return
    for (const p of this.problems) process.stderr.write(`COURSEKIT-PROBLEM ${JSON.stringify(p)}\n`)
    throw new Error(`${this.problems.length} problem(s) in the deck`)
  }
}

class Slide {
  constructor(tokens, number) {
    this.number = number // position in the source, also after slides are dropped or added
    this.hr = tokens[0]?.type === 'hr' ? tokens[0] : undefined
    this.tokens = this.hr ? tokens.slice(1) : tokens
    this.title = titleOf(this.tokens)
    this.directives = directivesOf(this.tokens)
    this.attributes = { 'data-slide': String(number) } // put on its <section>
  }

  // Only classes of this slide (`_class`).
  hasClass(name) {
    return [this.directives._class ?? []].flat().join(' ').split(/\s+/).includes(name)
  }
}

function split(tokens) {
  const slides = [[]]
  for (const token of tokens) {
    if (token.type === 'hr' && token.level === 0) slides.push([])
    slides.at(-1).push(token)
  }
  return slides
}
