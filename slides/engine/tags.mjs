// HTML tags in Markdown, by CommonMark's grammar: what course/text/spans.py reads in Python, read here.
const ATTRIBUTE = /\s+([A-Za-z_:][\w:.-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g
const ATTRIBUTES = '(?:\\s+[A-Za-z_:][\\w:.-]*(?:\\s*=\\s*(?:"[^"]*"|\'[^\']*\'|[^\\s"\'=<>`]+))?)*'
const TAG = new RegExp(`<!--[\\s\\S]*?(?:-->|$)|<(/?)([A-Za-z][A-Za-z0-9-]*)(${ATTRIBUTES})\\s*(/?)>`, 'g')

// The tags of a piece of HTML, in order; comments are passed over.
export function tags(html) {
  return [...html.matchAll(TAG)]
    .filter((match) => match[2] !== undefined)
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      close: match[1] === '/',
      empty: match[4] === '/',
      name: match[2].toLowerCase(),
      attributes: attributesOf(match[3]),
    }))
}

// Where the element that `list[at]` opens ends: the position of its closing tag in the list, -1 if it has none.
export function closing(list, at) {
  let depth = 0
  for (let i = at; i < list.length; i += 1) {
    if (list[i].name !== list[at].name) continue
    depth += list[i].close ? -1 : 1
    if (depth === 0) return i
  }
  return -1
}

export function openTag(name, attributes) {
  const shown = Object.entries(attributes).map(([key, value]) => ` ${key}="${value.replace(/"/g, '&quot;')}"`)
  return `<${name}${shown.join('')}>`
}

// `html` with the attributes for which `fresh(tag, name, value)` gives another value written anew.
export function rewriteAttributes(html, fresh) {
  let out = ''
  let at = 0
  for (const { start, end, close, empty, name, attributes } of tags(html)) {
    const values = Object.entries(attributes).map(([key, value]) => [key, (close ? undefined : fresh(name, key, value)) ?? value])
    if (values.every(([key, value]) => value === attributes[key])) continue
    out += html.slice(at, start) + openTag(name, Object.fromEntries(values)).replace(/>$/, empty ? ' />' : '>')
    at = end
  }
  return out + html.slice(at)
}

// Names in lower case; the first counts where one stands twice, as in HTML.
function attributesOf(text) {
  const attributes = {}
  for (const [, name, double, single, bare] of text.matchAll(ATTRIBUTE))
    attributes[name.toLowerCase()] ??= double ?? single ?? bare ?? ''
  return attributes
}
