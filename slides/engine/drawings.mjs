// A drawing of the course's kit that has frames (viñetas) is shown step by step: its SVG stands in the page, and the
// arrow key brings one group after the other; the page number stays. On paper a drawing that grows shows its last frame;
// a strip, whose frames replace one another, has a page a frame. Marp without this engine shows the last frame.
//
// ![viñetas w:900](figures/03-mamba/caja.svg): the alternative text of the drawing itself; or any other words.
import { readFileSync } from 'node:fs'
import { locate } from './images.mjs'
import { escapeHtml, plain, walk } from './tokens.mjs'

const OWN = /^(?:viñetas|estados|dibujo)?$/ // no alternative text of its author's: the drawing's
const PAPER = ['pdf', 'pptx']

export function drawings(deck) {
  if (!deck.context.root) return
  deck.slides = deck.slides.flatMap((slide) => {
    const shown = [...walk(slide.tokens)].filter(({ token }) => token.type === 'image').map(({ token, list }) => ({ token, list, drawing: read(deck, token) })).filter(({ drawing }) => drawing)
    for (const { token, drawing } of shown) name(token, drawing)
    for (const { token, drawing } of shown.filter(({ drawing }) => drawing.kind === 'states')) inline(deck, slide, token, drawing)
    const stepped = shown.filter(({ drawing }) => drawing.frames > 1 && drawing.kind !== 'states')
    if (stepped.length > 1)
      deck.problem(slide, `${stepped.length} drawings with frames`, 'stand on one slide, and the arrow key steps through one', 'put them on slides of their own')
    if (stepped.length !== 1) return [slide]
    const [{ token, drawing }] = stepped
    slide.attributes['data-frames'] = String(drawing.strip ? drawing.frames : 1) // pages on paper
    if (!drawing.strip || !PAPER.includes(deck.context.form)) {
      inline(deck, slide, token, drawing)
      return [slide]
    }
    return Array.from({ length: drawing.frames }, (_, i) => page(deck, slide, token, drawing, i + 1))
  })
}

// -> { svg, frames, strip, alt }; null for what the kit did not draw
function read(deck, token) {
  const src = token.attrGet('src')
  if (!/\.svg$/i.test(src)) return null
  const path = locate(deck, null, src)
  const svg = path && readFileSync(path, 'utf8')
  const root = svg && /<svg\b[^>]*\bdata-drawing="(strip|cumulative|states)"[^>]*>/.exec(svg)
  if (!root) return null
  const alt = /<desc>([\s\S]*?)<\/desc>/.exec(svg)?.[1] ?? ''
  return { svg, root: root[0], frames: Number(/data-frames="(\d+)"/.exec(root[0])?.[1] ?? 1), strip: root[1] === 'strip', kind: root[1], alt }
}

// The drawing says itself what it shows, where its author writes only what it is.
function name(token, drawing) {
  const options = token.meta?.marpitImage?.options ?? []
  const kept = options.filter((option) => !option.consumed).map((option) => option.leading + option.content)
  const own = (options.length > 0 ? kept.join('') : plain(token.children ?? [])).trim()
  drawing.said = OWN.test(own) ? drawing.alt : escapeHtml(own)
  if (!OWN.test(own)) return
  for (const option of options.filter((each) => !each.consumed)) option.consumed = true
  const text = drawing.alt.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
  if (token.meta?.marpitImage) token.meta.marpitImage.options = [{ leading: '', content: text, consumed: false }, ...options]
  token.children = [Object.assign(new token.constructor('text', '', 0), { content: text })]
}

// In the page of presenters every frame but the first is a fragment of Marp's; the page of the gates shows what paper does.
function inline(deck, slide, token, drawing) {
  const steps = drawing.kind !== 'states' && !['plain', ...PAPER].includes(deck.context.form)
  let body = drawing.svg.slice(drawing.svg.indexOf(drawing.root) + drawing.root.length).replace(/<title>[\s\S]*?<\/title>|<desc>[\s\S]*?<\/desc>/g, '')
  if (steps) body = body.replace(/(<g data-frame="(\d+)")(?: display="none")?/g, (_, open, frame) => (frame === '1' ? open : `${open} data-marpit-fragment="${Number(frame) - 1}"`))
  const { width, height } = token.meta?.marpitImage ?? {}
  const size = [width && `width:${width}`, height && `height:${height}`].filter(Boolean).join(';')
  const box = /viewBox="[^"]*"/.exec(drawing.root)[0]
  const open = `<svg class="drawing" role="img" aria-label="${drawing.said.replace(/"/g, '&quot;')}" data-drawing="${drawing.kind}" ${box}${size && ` style="${size}"`}>`
  Object.assign(token, { type: 'html_inline', tag: '', nesting: 0, attrs: null, children: null, meta: null, content: open + body.trim() })
}

// A page of a strip on paper: the first has the notes, and none but it counts.
function page(deck, slide, token, drawing, frame) {
  const tokens = slide.tokens.map((each) => copy(each, token))
  const shown = [...walk(tokens)].find((each) => each.token.source === token).token
  const svg = drawing.svg.replace(/(<g data-frame="(\d+)")(?: display="none")?/g, (_, open, number) => (Number(number) === frame ? open : `${open} display="none"`))
  inline(deck, slide, shown, { ...drawing, svg })
  if (frame === 1) return Object.assign(slide, { tokens })
  const kept = tokens.filter(({ type, meta }) => type !== 'front_matter' && (type !== 'marpit_comment' || meta?.marpitCommentParsed !== undefined))
  const hold = Object.assign(new deck.Token('marpit_comment', '', 0), { block: true, hidden: true, content: '' })
  hold.meta = { marpitParsedDirectives: { _paginate: slide.directives._paginate === false ? false : 'hold' }, marpitCommentParsed: 'directive' }
  const attributes = { 'data-slide': slide.attributes['data-slide'], 'data-frame': String(frame) }
  return Object.assign(Object.create(slide), { tokens: [hold, ...kept], hr: undefined, attributes })
}

function copy(token, source) {
  const made = Object.assign(Object.create(Object.getPrototypeOf(token)), token, { attrs: token.attrs?.map((pair) => [...pair]) ?? null, meta: token.meta && { ...token.meta } })
  if (token === source) made.source = source
  if (token.children) made.children = token.children.map((child) => copy(child, source))
  return made
}
