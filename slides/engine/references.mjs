// The slide of class `references` keeps its heading; its text gives way to the works cited, eight a slide.
const PER_SLIDE = 8

export function references(deck) {
  const at = deck.slides.findIndex((slide) => slide.hasClass('references'))
  if (!deck.context.present) return
  const keys = [...new Set(deck.citations.flatMap((token) => token.meta.items.map(({ key }) => key)))]
  if (at < 0) {
    if (keys.length > 0)
      deck.problem(deck.slides.at(-1), 'references', 'the deck cites, but has no references slide', 'add a slide with "<!-- _class: references -->"')
    return
  }
  if (keys.length === 0) {
    if (deck.context.route) deck.slides.splice(at, 1)
    return
  }
  const known = deck.context.references
  keys.sort((a, b) => known[a].label.localeCompare(known[b].label, 'es'))
  const groups = []
  for (let i = 0; i < keys.length; i += PER_SLIDE) groups.push(keys.slice(i, i + PER_SLIDE))

  const slide = deck.slides[at]
  const close = slide.tokens.findIndex((t) => t.type === 'heading_close')
  const head = slide.tokens.slice(0, close + 1)
  const hidden = slide.tokens.slice(close + 1).filter((t) => t.type === 'marpit_comment')
  const added = groups.map((group, i) => {
    const items = group.map((key) => `<li>${known[key].entry}</li>`).join('\n')
    const list = deck.html(`<ul class="bibliography">\n${items}\n</ul>\n`)
    for (const key of group) for (const cite of deck.citations) cite.meta.page[key] = at + i + 1
    if (i === 0) return Object.assign(slide, { tokens: [...head, list, ...hidden] })
    const more = head.filter((t) => t.type !== 'front_matter').map((t) => Object.assign(Object.create(Object.getPrototypeOf(t)), t))
    const { 'data-minutes': _m, 'data-route': _r, ...attributes } = slide.attributes
    return Object.assign(Object.create(slide), { tokens: [...more, list], hr: undefined, attributes })
  })
  deck.slides.splice(at, 1, ...added)
}
