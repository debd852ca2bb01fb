// Runs in the page, after axe-core: its serious and critical violations. -> [{ slide, element, problem, remedy }]
async () => {
  const off = { enabled: false } // the first: page.mjs says it better; the second: the page scrolls, no deck does
  const rules = { 'image-alt': off, 'scrollable-region-focusable': off }
  const { violations } = await axe.run(document, { resultTypes: ['violations'], elementRef: true, rules })
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, help, nodes }) => nodes.map(({ element, any, all, none }) => ({
      slide: Number(element.closest('section[data-slide]')?.dataset.slide ?? 0),
      element: name(element),
      problem: `${id}: ${[...any, ...all, ...none][0].message}`,
      remedy: help,
    })))

  function name(element) {
    const text = (element.getAttribute('aria-label') ?? element.textContent).trim().replace(/\s+/g, ' ')
    return element.tagName.toLowerCase() + (text ? ` «${text.slice(0, 50)}»` : '')
  }
}
