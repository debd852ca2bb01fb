// Small helpers over markdown-it tokens.

// Every token, block ones and the children of inline ones, with the list that holds it.
export function* walk(tokens) {
  for (const token of tokens) {
    yield { token, list: tokens }
    if (token.type === 'inline') for (const child of token.children) yield { token: child, list: token.children }
  }
}

export function comments(tokens) {
  return [...walk(tokens)].map(({ token }) => token).filter((t) => t.type === 'marpit_comment')
}

export function isNote(token) {
  return token.meta?.marpitCommentParsed === undefined
}

export function directivesOf(tokens) {
  return Object.assign({}, ...comments(tokens).map((c) => c.meta?.marpitParsedDirectives ?? {}))
}

export function titleOf(tokens) {
  const at = tokens.findIndex((t) => t.type === 'heading_open')
  return at < 0 ? '' : plain(tokens[at + 1].children)
}

export function plain(children) {
  return children.map((t) => (t.type === 'text' || t.type === 'code_inline' ? t.content : '')).join('').trim()
}

export function escapeHtml(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
