// Runs in the page: measures every slide. -> [{ slide, element, problem, remedy }]
(minimumText) => {
  const SLACK = 2 // pixels: rounding and the overhang of italics
  const found = []
  const rows = [...document.querySelectorAll('foreignObject > section')]
  for (const section of rows) {
    if ((section.dataset.marpitAdvancedBackground ?? 'content') !== 'content') continue
    const slide = Number(section.dataset.slide ?? 0)
    const report = (element, problem, remedy) => found.push({ slide, element: name(element), problem, remedy })
    const frame = section.getBoundingClientRect()
    const scale = frame.width / section.offsetWidth
    const style = getComputedStyle(section)
    const inner = {
      left: frame.left, // labels and marks may hang into the side margins, nothing may leave the slide
      right: frame.right - parseFloat(style.paddingRight) * scale,
      top: frame.top,
      bottom: frame.bottom - parseFloat(style.paddingBottom) * scale,
    }
    const flow = [...section.querySelectorAll('*')].filter(inFlow)
    const outside = flow.filter((element) => leaves(element, inner))
    // Only the outermost element is reported: its children leave with it.
    for (const element of outside.filter((e) => !outside.includes(e.parentElement)))
      report(element, 'runs out of the slide', 'shorten it, or move part of it to another slide')
    if (outside.length === 0 && (section.scrollHeight > section.clientHeight + SLACK || section.scrollWidth > section.clientWidth + SLACK))
      report(section, 'is larger than the slide', 'shorten it, or move part of it to another slide')
    const wide = flow.filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + SLACK && getComputedStyle(e).display !== 'inline')
    for (const element of wide.filter((e) => !wide.some((other) => other !== e && e.contains(other))))
      report(element, 'is wider than its place', 'break its lines or use fewer columns')
    overlaps([...section.children].filter(inFlow)).forEach(([a, b]) =>
      report(a, `lies over ${name(b)}`, 'shorten one of them, or make the image smaller'))
    for (const element of [...section.querySelectorAll('*')].filter((e) => isFormula(e) || (hasText(e) && e.getClientRects().length > 0 && !e.closest('mjx-container')))) {
      const size = shownSize(element, scale)
      const kind = isFormula(element) ? 'formula' : 'text'
      if (size < minimumText - 0.05) report(element, `${kind} of ${size.toFixed(1)} px`, `use at least ${minimumText} px`)
    }
    for (const image of section.querySelectorAll('img')) {
      if (!image.getAttribute('alt')?.trim()) report(image, 'has no alternative text', 'write it: ![what it shows](…)')
      if (image.complete && image.naturalWidth === 0) report(image, 'does not show', 'check the file')
      const [size, words] = smallestText(image, scale)
      if (size < minimumText - 0.05)
        report(image, `text of ${size.toFixed(1)} px in it, «${words}»`, 'show it larger, or draw it narrower with the same letters')
    }
  }
  return found

  function inFlow(element) {
    const drawing = element.closest('section svg, mjx-container') // measured whole: what it holds is its own affair
    if (drawing && drawing !== element) return false
    const { position, display } = getComputedStyle(element)
    return !['absolute', 'fixed'].includes(position) && display !== 'none' && !['BR', 'STYLE', 'SCRIPT'].includes(element.tagName)
  }

  function leaves(element, inner) {
    const box = element.getBoundingClientRect()
    if (box.width === 0 || box.height === 0) return false
    return box.left < inner.left - 2 || box.right > inner.right + 2 || box.top < inner.top - 2 || box.bottom > inner.bottom + 2
  }

  function overlaps(elements) {
    const boxes = elements.map((element) => [element, element.getBoundingClientRect()])
    return boxes.flatMap(([a, first], i) =>
      boxes.slice(i + 1).filter(([, second]) =>
        Math.min(first.right, second.right) - Math.max(first.left, second.left) > 2 &&
        Math.min(first.bottom, second.bottom) - Math.max(first.top, second.top) > 2).map(([b]) => [a, b]))
  }

  function isFormula(element) {
    return element.matches('mjx-container > svg')
  }

  // Pixels of the letters on a 720-pixel slide: shrunk drawings, formulas and text are as small as they look.
  function shownSize(element, scale) {
    if (isFormula(element)) return formulaSize(element) / scale
    const size = parseFloat(getComputedStyle(element).fontSize)
    if (element instanceof SVGElement) return (size * element.getScreenCTM().a) / scale
    const box = element.getBoundingClientRect()
    const zoom = Math.max(box.width / (element.offsetWidth || box.width || 1), box.height / (element.offsetHeight || box.height || 1)) / scale
    return Math.abs(zoom - 1) > 0.05 ? size * zoom : size // less is the rounding of offsetWidth
  }

  // MathJax draws an ex as 442 units, as high as the ex of the text around; a wide formula is shrunk to fit.
  function formulaSize(element) {
    const ex = Object.assign(document.createElement('span'), { style: 'display: inline-block; width: 100ex' })
    element.parentElement.append(ex)
    const expected = ex.offsetWidth / 100
    ex.remove()
    return parseFloat(getComputedStyle(element).fontSize) * ((element.getScreenCTM().a * 442) / expected)
  }

  // [pixels on a 720-pixel slide, words] of the smallest text of a drawing, as large as the drawing is shown.
  function smallestText(image, scale) {
    const [, data] = image.src.match(/^data:image\/svg\+xml;base64,(.*)$/) ?? []
    if (!data) return [Infinity, '']
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
    const svg = new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'image/svg+xml').documentElement
    const [, , width, height] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number)
    const box = image.getBoundingClientRect() // an image may stand in a larger box: it keeps its proportions
    const zoom = Math.min(box.width / width, box.height / height) / scale
    const texts = [...drawnTexts(svg)].map(([size, words]) => [size * zoom, words]).filter(([size]) => size > 0)
    return texts.reduce((least, text) => (text[0] < least[0] ? text : least), [Infinity, ''])
  }

  // Matplotlib draws letters as paths 100 units high, under the words as a comment; a drawing by hand has <text>.
  function* drawnTexts(svg) {
    for (const group of svg.querySelectorAll('g[id^="text_"]')) {
      const drawn = [...group.querySelectorAll('g')].map((g) => /scale\(([\d.]+)/.exec(g.getAttribute('transform') ?? ''))
      const words = [...group.childNodes].find((node) => node.nodeType === Node.COMMENT_NODE)?.data.trim() ?? ''
      for (const match of drawn.filter(Boolean)) yield [100 * Number(match[1]), words]
    }
    for (const text of svg.querySelectorAll('text')) {
      const size = text.closest('[font-size]')?.getAttribute('font-size') ?? /font-size:\s*([\d.]+)/.exec(text.getAttribute('style') ?? '')?.[1]
      yield [Number.parseFloat(size ?? '16'), text.textContent.trim()]
    }
  }

  function hasText(element) {
    return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
  }

  function name(element) {
    const text = (element.getAttribute('alt') ?? element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ')
    const kind = element.tagName.toLowerCase() + (element.classList.length ? `.${[...element.classList].join('.')}` : '')
    return text ? `${kind} «${text.slice(0, 50)}»` : kind
  }
}
