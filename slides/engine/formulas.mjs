// A formula is drawn as SVG; a reader who cannot see it hears its TeX. Letters with accents are not in MathJax's fonts:
// they are drawn as a letter under its accent, so «Atención» is the same on every machine.
const MARKS = { '\u0301': ["'", 'acute'], '\u0303': ['~', 'tilde'], '\u0308': ['"', 'ddot'], '\u0300': ['`', 'grave'], '\u0302': ['^', 'hat'] }
const WORDS = /\\(?:text(?:rm|sf|bf|it)?|mbox)\s*\{[^{}]*\}/g

export function formulas(md) {
  for (const rule of ['marp_math_inline', 'marp_math_block']) {
    const draw = md.renderer.rules[rule]
    md.renderer.rules[rule] = (tokens, i, ...rest) => {
      const tex = md.utils.escapeHtml(tokens[i].content.trim().replace(/\s+/g, ' '))
      tokens[i].content = accented(tokens[i].content)
      return draw(tokens, i, ...rest).replace('<svg ', () => `<svg aria-label="${tex}" `)
    }
  }
}

// In words \'{o}, in mathematics \acute{o}; an i loses its dot.
export function accented(tex) {
  const inWords = tex.replace(WORDS, (words) => replaced(words, ([sign], letter) => `\\${sign}{${letter === 'i' ? 'ı' : letter}}`))
  return replaced(inWords, ([, macro], letter) => `\\${macro}{${letter === 'i' ? '\\imath' : letter}}`)
}

function replaced(tex, write) {
  return tex.replace(/\p{L}/gu, (sign) => {
    const [letter, mark, ...more] = sign.normalize('NFD')
    return mark in MARKS && more.length === 0 ? write(MARKS[mark], letter) : sign
  })
}
