// Every image goes into the deck as a data: URI, so a built deck is one file and asks for nothing.
// A missing file, which Marp ignores, is an error here.
import { existsSync, readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { walk } from './tokens.mjs'

const TYPES = {
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg',
  '.gif': 'image/gif', '.webp': 'image/webp', '.avif': 'image/avif', '.mp4': 'video/mp4', '.webm': 'video/webm',
}
const SRC = /(<(?:img|video|source)\b[^>]*?\ssrc=")([^"]*)(")/g

export function images(deck) {
  if (!deck.context.root) return
  for (const slide of deck.slides) {
    for (const { token } of walk(slide.tokens)) {
      if (token.type === 'image') {
        const uri = embed(deck, slide, token.attrGet('src'))
        token.attrSet('src', uri)
        if (token.meta?.marpitImage) token.meta.marpitImage.url = uri
      } else if (token.type === 'html_block' || token.type === 'html_inline') {
        token.content = token.content.replace(SRC, (_, before, src, after) => before + embed(deck, slide, src) + after)
      }
    }
  }
}

function embed(deck, slide, src) {
  if (src.startsWith('data:')) return src
  if (/^(https?:)?\/\//.test(src)) {
    deck.problem(slide, src, 'is fetched from the network', 'save the file under slides/figures/ and link it there')
    return src
  }
  const path = resolve(deck.context.root, decodeURIComponent(src))
  const type = TYPES[extname(path).toLowerCase()]
  if (!existsSync(path)) deck.problem(slide, src, 'no such image', 'check the path, or run `coursekit sync` to write the figure')
  else if (!type) deck.problem(slide, src, 'is of no known image type', `use one of ${Object.keys(TYPES).join(' ')}`)
  else return `data:${type};base64,${readFileSync(path).toString('base64')}`
  return src
}
