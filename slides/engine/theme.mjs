// The theme with its fonts inlined: nothing is fetched when a deck is shown.
import { readFileSync } from 'node:fs'

const folder = new URL('../theme/', import.meta.url)
const read = (name) => readFileSync(new URL(name, folder), 'utf8')

export function themeCss() {
  return `${read('coursekit.css')}\n${inlined(read('fonts.css'))}`
}

// The names that `_class` may hold; a slide of class `table` needs no rule of its own.
export function classes() {
  const named = [...read('coursekit.css').matchAll(/section((?:\.[a-z]+)+)/g)].flatMap(([, names]) => names.slice(1).split('.'))
  return [...new Set(['table', ...named])].sort()
}

// The faces of signs.css that hold a sign of `text`, inlined; most decks need none.
export function signFaces(text) {
  const signs = new Set([...text].map((sign) => sign.codePointAt(0)).filter((sign) => sign > 0xa0))
  const faces = read('signs.css').match(/@font-face \{[^}]*\}/g)
  return inlined(faces.filter((face) => rangesOf(face).some(([first, last]) => [...signs].some((sign) => sign >= first && sign <= last))).join('\n'))
}

function rangesOf(face) {
  const [, ranges] = /unicode-range: ([^;]+);/.exec(face)
  return ranges.split(',').map((range) => range.trim().slice(2).split('-').map((end) => Number.parseInt(end, 16))).map(([first, last]) => [first, last ?? first])
}

function inlined(css) {
  return css.replace(/url\("(fonts\/[^"]+)"\)/g, (_, path) => {
    const data = readFileSync(new URL(path, folder)).toString('base64')
    return `url("data:font/woff2;base64,${data}")`
  })
}
