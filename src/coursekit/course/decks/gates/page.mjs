// Runs in the page: measures every slide. -> [{ slide, element, problem, remedy }]
async ([minimumText, minimumAlt, minimumDrawn, minimumCode]) => {
  const SLACK = 2 // pixels: rounding and the overhang of italics
  const DECORATIVE = 'decorativa' // the alternative text of a background that says nothing
  const found = []
  const rows = [...document.querySelectorAll('foreignObject > section')]
  for (const section of rows) {
    if ((section.dataset.marpitAdvancedBackground ?? 'content') !== 'content') continue
    const slide = Number(section.dataset.slide ?? 0)
    const second = section.dataset.edition === '2'
    const inFigures = second ? minimumDrawn : minimumText
    const report = (element, problem, remedy) => found.push({ slide, element: name(element), problem, remedy })
    report.blurred = (element, image, box, fit, scale) => {
      const zoom = enlarged(image, box, fit) / scale
      if (zoom > 1.05) report(element, `is blurred: ${image.naturalWidth} pixels are shown ${Math.round(image.naturalWidth * zoom)} wide`, 'save it larger, or as SVG')
    }
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
    for (const [element, problem] of hidden(section, frame)) report(element, problem, 'show it, or say it in a note: a student finds it in the file')
    for (const [element, under] of covered(section)) report(element, `lies over ${name(under)}`, 'place it beside, or take one of them out')
    for (const element of flow.filter((e) => hasText(e) && isStruck(e))) report(element, 'is struck out by a style', 'write ~~…~~ if it is meant')
    for (const key of ['color', 'backgroundColor'].filter((key) => section.dataset[key] && !CSS.supports('color', section.dataset[key])))
      report(section, `_${key}: ${section.dataset[key]}: is no colour`, 'write it as in CSS: #00639c')
    overlaps([...section.children].filter(inFlow)).forEach(([a, b]) =>
      report(a, `lies over ${name(b)}`, 'shorten one of them, or make the image smaller'))
    for (const element of [...section.querySelectorAll('*')].filter((e) => isFormula(e) || (hasText(e) && e.getClientRects().length > 0 && !e.closest('mjx-container')))) {
      const size = shownSize(element, scale)
      const kind = isFormula(element) ? 'formula' : 'text'
      const least = second && element.closest('pre, .cite, .source') && !section.classList.contains('references') ? minimumCode : minimumText
      if (size < least - 0.05) report(element, `${kind} of ${size.toFixed(1)} px`, `use at least ${least} px`)
    }
    for (const image of section.querySelectorAll('img')) {
      const alt = image.getAttribute('alt')?.trim() ?? ''
      if (!alt) report(image, 'has no alternative text', 'write it: ![what it shows](…)')
      else if (words(alt) < minimumAlt) report(image, `its alternative text has ${words(alt)} words`, 'say in a sentence what a reader must see in it')
      if (image.complete && image.naturalWidth === 0) report(image, 'does not show', 'check the file')
      const { objectFit } = getComputedStyle(image)
      report.blurred(image, image, image.getBoundingClientRect(), objectFit === 'fill' ? 'cover' : objectFit, scale)
      const [size, letters] = smallestText(image, scale)
      if (size < inFigures - 0.05)
        report(image, `text of ${size.toFixed(1)} px in it, «${letters}»`, 'show it larger, or draw it narrower with the same letters')
    }
    for (const drawing of section.querySelectorAll('svg.drawing')) {
      const alt = drawing.getAttribute('aria-label') ?? ''
      if (words(alt) < minimumAlt) report(drawing, `its alternative text has ${words(alt)} words`, 'say in a sentence what a reader must see in it')
      const [size, letters] = smallestOf(drawing, drawing, scale)
      if (size < inFigures - 0.05) report(drawing, `text of ${size.toFixed(1)} px in it, «${letters}»`, 'show it larger, or draw it narrower with the same letters')
    }
    for (const figure of section.parentElement.parentElement.querySelectorAll('section[data-marpit-advanced-background="background"] figure')) {
      const alt = figure.querySelector('figcaption')?.textContent.trim() ?? ''
      const { backgroundImage, backgroundSize } = getComputedStyle(figure)
      const [, source] = /^url\("(data:image\/[^"]*)"\)$/.exec(backgroundImage) ?? []
      if (!source) continue // a colour
      if (alt !== DECORATIVE && words(alt) < minimumAlt)
        report(figure, `its alternative text has ${words(alt)} words`, `say in a sentence what a reader must see in it, or that it is nothing: ![bg ${DECORATIVE}](…)`)
      const image = Object.assign(new Image(), { src: source })
      await image.decode().catch(() => report(figure, 'does not show', 'check the file'))
      report.blurred(figure, image, figure.getBoundingClientRect(), backgroundSize, scale)
    }
  }
  return found

  function inFlow(element) {
    const drawing = element.closest('section svg, mjx-container') // measured whole: what it holds is its own affair
    if (drawing && drawing !== element) return false
    if (element.closest('.progress')) return false // the bar at the foot, by the theme
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

  // How many pixels of the screen a pixel of a picture is; a drawing has none.
  function enlarged(image, box, fit) {
    if (image.src.startsWith('data:image/svg+xml') || image.naturalWidth === 0) return 0
    const [wide, high] = [box.width / image.naturalWidth, box.height / image.naturalHeight]
    const [, percent, pixels] = /^(?:([\d.]+)%|([\d.]+)px)/.exec(fit) ?? []
    if (percent) return (wide * Number(percent)) / 100
    if (pixels) return (Number(pixels) / image.naturalWidth) * (box.width / (box.width || 1))
    return { cover: Math.max(wide, high), auto: 1, none: 1, 'scale-down': Math.min(1, wide, high) }[fit] ?? Math.min(wide, high)
  }

  // [outermost element whose words nobody sees, how they are hidden]
  function hidden(section, frame) {
    const unseen = texts(section).filter(({ parent, rects }) => isUnseen(parent, rects, frame)).map(({ parent }) => parent)
    const outermost = unseen.map((element) => {
      while (element.parentElement !== section && texts(element.parentElement).every(({ parent, rects }) => isUnseen(parent, rects, frame))) element = element.parentElement
      return element
    })
    return [...new Set(outermost)].map((element) => [element, 'is hidden text'])
  }

  function isUnseen(element, rects, frame) {
    const options = { opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true }
    if (!element.checkVisibility(options)) return true
    const { color, webkitTextFillColor } = getComputedStyle(element)
    if ([color, webkitTextFillColor].some((value) => /^rgba\(.*, 0\)$/.test(value))) return true
    return rects.every((box) => box.width < 1 || box.height < 1 || apart(box, frame) || isClipped(element, box))
  }

  function isClipped(element, box) {
    for (let above = element; above && above.tagName !== 'SECTION'; above = above.parentElement) {
      const { overflowX, overflowY, clip, clipPath } = getComputedStyle(above)
      const window = above.getBoundingClientRect()
      if (/inset\((?:50|100)%|circle\(0/.test(clipPath) || /^rect\((?:0px,? ?){4}\)|^rect\(1px/.test(clip)) return true
      if ((overflowX !== 'visible' || overflowY !== 'visible') && (window.width < 4 || window.height < 4 || apart(box, window))) return true
    }
    return false
  }

  function apart(a, b) {
    return a.right <= b.left || a.left >= b.right || a.bottom <= b.top || a.top >= b.bottom
  }

  // What is placed by hand, and what it lies over: words over words, or a painted box over them.
  function covered(section) {
    const all = [...texts(section), ...[...section.querySelectorAll('img, video, section svg, mjx-container')].map((parent) => ({ parent, rects: [parent.getBoundingClientRect()] }))]
    return [...section.querySelectorAll('*')].filter(isPlaced).flatMap((element) => {
      const own = all.filter(({ parent }) => element.contains(parent)).flatMap(({ rects }) => rects)
      const painted = isPainted(element) ? [element.getBoundingClientRect()] : []
      const under = all.find(({ parent, rects }) => !element.contains(parent) && rects.some((box) => [...own, ...painted].some((mine) => meets(mine, box))))
      return under ? [[element, under.parent]] : []
    })
  }

  function isPlaced(element) {
    if (element.closest('section svg, mjx-container')) return false
    const { position, transform, top, left, right, bottom } = getComputedStyle(element)
    const moved = position === 'relative' && [top, left, right, bottom].some((side) => !['auto', '0px'].includes(side))
    return ['absolute', 'fixed', 'sticky'].includes(position) || moved || transform !== 'none'
  }

  function isPainted(element) {
    const { backgroundColor, backgroundImage, borderTopWidth, zIndex } = getComputedStyle(element)
    return Number(zIndex) >= 0 || zIndex === 'auto' ? !/^rgba\(.*, 0\)$/.test(backgroundColor) || backgroundImage !== 'none' || borderTopWidth !== '0px' : false
  }

  function meets(a, b) {
    return Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK
  }

  // The words of an element that a reader is meant to see, each with its lines on the screen.
  function texts(element) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    const found = []
    while (walker.nextNode()) {
      const { parentElement: parent, data } = walker.currentNode
      if (!data.trim() || parent.closest('script, style, section svg, mjx-container')) continue
      const range = document.createRange()
      range.selectNodeContents(walker.currentNode)
      found.push({ parent, rects: [...range.getClientRects()] })
    }
    return found
  }

  function isStruck(element) {
    for (let above = element; above && above.tagName !== 'SECTION'; above = above.parentElement) {
      if (['S', 'DEL'].includes(above.tagName)) return false
      if (getComputedStyle(above).textDecorationLine.includes('line-through')) return true
    }
    return false
  }

  function words(text) {
    return text.split(/\s+/).filter(Boolean).length
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
    return smallestOf(svg, image, scale)
  }

  // The same of a drawing that stands in the page, or of one as large as the image that shows it.
  function smallestOf(svg, image, scale) {
    const [, , width, height] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number)
    const box = image.getBoundingClientRect() // an image may stand in a larger box: it keeps its proportions
    const zoom = Math.min(box.width / width, box.height / height) / scale
    const texts = [...drawnTexts(svg)].map(([size, words]) => [size * zoom, words]).filter(([size]) => size > 0)
    return texts.reduce((least, text) => (text[0] < least[0] ? text : least), [Infinity, ''])
  }

  // Matplotlib draws letters as paths 100 units high, under the words as a comment; a drawing by hand has <text>.
  function* drawnTexts(svg) {
    for (const group of svg.querySelectorAll('g[id^="text_"], g[data-text]')) {
      const drawn = [...group.querySelectorAll('g')].map((g) => /scale\(([\d.]+)/.exec(g.getAttribute('transform') ?? ''))
      const words = group.dataset.text ?? [...group.childNodes].find((node) => node.nodeType === Node.COMMENT_NODE)?.data.trim() ?? ''
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
