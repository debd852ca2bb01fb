// The 15-minute route: the slides marked `_route`, and the references they cite.
export function route(deck) {
  if (!deck.context.route) return
  const kept = deck.slides.filter((slide) => slide.directives._route !== undefined || slide.hasClass('references'))
  if (kept.every((slide) => slide.hasClass('references'))) {
    deck.problem(deck.slides[0], '_route', 'no slide is marked for the 15-minute route', 'mark slides with "_route: minutes"')
    return
  }
  deck.slides = kept
}
