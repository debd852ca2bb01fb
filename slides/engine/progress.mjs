// A thin bar at the foot of each slide, a piece a part; dividers (class `part`) are numbered and begin the parts. Only
// decks that have dividers, or are of the second edition, have it; cover, appendix and references are outside.
const OUTSIDE = ['lead', 'title', 'part', 'appendix', 'references']

export function progress(deck) {
  const dividers = deck.slides.filter((slide) => slide.hasClass('part'))
  dividers.forEach((slide, i) => (slide.attributes['data-part'] = String(i + 1)))
  if (dividers.length === 0 && deck.context.front.edition !== '2') return
  const parts = [[]]
  for (const slide of deck.slides) {
    if (slide.hasClass('part') && parts.at(-1).length > 0) parts.push([])
    if (!OUTSIDE.some((name) => slide.hasClass(name))) parts.at(-1).push(slide)
  }
  const columns = parts.map((part) => `${part.length}fr`).join(' ')
  parts.forEach((part, at) =>
    part.forEach((slide, i) => {
      const done = parts.map((each, j) => (j < at ? 100 : j > at ? 0 : Math.round((100 * (i + 1)) / part.length)))
      const pieces = done.map((percent) => `<i style="--done: ${percent}%"></i>`).join('')
      slide.tokens.push(deck.html(`<div class="progress" aria-hidden="true" style="grid-template-columns: ${columns}">${pieces}</div>\n`))
    }),
  )
}
