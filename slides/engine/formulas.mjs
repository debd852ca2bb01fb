// A formula is drawn as SVG; a reader who cannot see it hears its TeX.
export function formulas(md) {
  for (const rule of ['marp_math_inline', 'marp_math_block']) {
    const draw = md.renderer.rules[rule]
    md.renderer.rules[rule] = (tokens, i, ...rest) => {
      const tex = md.utils.escapeHtml(tokens[i].content.trim().replace(/\s+/g, ' '))
      return draw(tokens, i, ...rest).replace('<svg ', () => `<svg aria-label="${tex}" `)
    }
  }
}
