// Small helpers over raw HTML, as authors write it in a deck: its tags and their attributes, in order.
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g
const TAG = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*(\/?)>/g

export const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))

// -> [{ name, closes, empty, attributes: { name: value }, text }], comments left out
export function tagsOf(html) {
  return [...html.matchAll(TAG)].filter((match) => match[2]).map(([text, slash, name, attributes, empty]) => ({
    name: name.toLowerCase(),
    closes: slash === '/',
    empty: empty === '/',
    attributes: Object.fromEntries([...attributes.matchAll(ATTRIBUTE)].map((m) => [m[1].toLowerCase(), valueOf(m)])),
    text,
  }))
}

// `html` with the attributes for which `fresh(tag, name, value)` gives another value written anew.
export function rewriteAttributes(html, fresh) {
  return html.replace(TAG, (text, slash, tag, attributes, empty) => {
    if (!tag || slash || !attributes) return text
    const written = attributes.replace(ATTRIBUTE, (all, name, ...values) => {
      const value = valueOf([all, name, ...values])
      const replaced = fresh(tag.toLowerCase(), name.toLowerCase(), value)
      return replaced === undefined || replaced === value ? all : `${name}="${replaced.replace(/"/g, '&quot;')}"`
    })
    return `<${tag}${written}${empty ? ' /' : ''}>`
  })
}

function valueOf([, , double, single, bare]) {
  return double ?? single ?? bare ?? ''
}
