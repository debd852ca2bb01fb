// The 15-minute route: the slides marked `_route`, and the references they cite. A slide marked `_only: route` stands in
// no other output; the page of the gates has it.
export function route(deck) {
  for (const slide of deck.slides) {
    const only = slide.directives._only
    if (only === undefined) continue
    if (only !== 'route') deck.problem(slide, `_only: ${only}`, 'is no output of a deck', 'write "_only: route"')
    else if (slide.directives._route === undefined) deck.problem(slide, '_only: route', 'is not in the route', 'add "_route: 2"')
    slide.attributes['data-only'] = 'route'
  }
  if (!deck.context.route) {
    if (deck.context.present && deck.context.form !== 'plain') deck.slides = deck.slides.filter((slide) => slide.directives._only !== 'route')
    return
  }
  const kept = deck.slides.filter((slide) => slide.directives._route !== undefined || slide.hasClass('references'))
  if (kept.every((slide) => slide.hasClass('references'))) {
    deck.problem(deck.slides[0], '_route', 'no slide is marked for the 15-minute route', 'mark slides with "_route: minutes"')
    return
  }
  deck.slides = kept
}
