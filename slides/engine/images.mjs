// Every file that a deck shows goes into it as a data: URI, so a built deck is one file and asks for nothing: images of
// Markdown and of HTML, and those of styles and of backgrounds. What cannot is an error here, with its slide; so is a
// missing file, which Marp ignores, and one that is not the course's.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { extname, relative, resolve } from 'node:path'
import { rewriteAttributes } from './tags.mjs'
import { comments, walk } from './tokens.mjs'

const TYPES = {
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg',
  '.gif': 'image/gif', '.webp': 'image/webp', '.avif': 'image/avif', '.mp4': 'video/mp4', '.webm': 'video/webm',
  '.mp3': 'audio/mpeg', '.ogg': 'audio/ogg', '.wav': 'audio/wav', '.woff2': 'font/woff2',
}
const SHOWN = {
  img: ['src'], video: ['src', 'poster'], audio: ['src'], source: ['src'], input: ['src'],
  image: ['href', 'xlink:href'], use: ['href', 'xlink:href'],
}
const ASKED = { iframe: 'src', embed: 'src', object: 'data', script: 'src', link: 'href', track: 'src' }
const URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)/g

export function images(deck) {
  if (!deck.context.root) return
  for (const slide of deck.slides) {
    const styled = (css) => embedStyle(deck, slide, css)
    for (const { token } of walk(slide.tokens)) {
      if (token.type === 'image') {
        const uri = embed(deck, slide, token.attrGet('src'))
        token.attrSet('src', uri)
        if (token.meta?.marpitImage) token.meta.marpitImage.url = uri
      } else if (token.type === 'marpit_style') token.content = styled(token.content)
      else if (token.type === 'html_block' || token.type === 'html_inline') token.content = embedHtml(deck, slide, token.content, styled)
    }
    for (const { meta } of comments(slide.tokens)) embedBackground(meta?.marpitParsedDirectives, styled)
  }
  frontMatter(deck)
}

function embedHtml(deck, slide, html, styled) {
  const attributes = rewriteAttributes(html, (tag, name, value) => {
    if (name === 'style') return styled(value)
    if (name === 'srcset') deck.problem(slide, `<${tag} srcset>`, 'is not embedded', 'write one src')
    else if (ASKED[tag] === name) deck.problem(slide, `<${tag} ${name}="${value}">`, 'is fetched when the deck is shown', 'a deck is one file: show an image or a video, or link to it')
    else if (SHOWN[tag]?.includes(name) && !value.startsWith('#')) return embed(deck, slide, value)
    return undefined
  })
  return attributes.replace(/(<style\b[^>]*>)([\s\S]*?)(<\/style>)/gi, (_, open, css, close) => open + styled(css) + close)
}

function embedStyle(deck, slide, css) {
  if (/@import\b/.test(css)) deck.problem(slide, '@import', 'is fetched when the deck is shown', 'write the rules themselves')
  return css.replace(URL, (all, double, single, bare) => {
    const address = (double ?? single ?? bare).replace(/&quot;/g, '')
    return address === '' || address.startsWith('#') ? all : `url('${embed(deck, slide, address)}')`
  })
}

function embedBackground(directives, styled) {
  for (const key of ['backgroundImage', '_backgroundImage'])
    if (typeof directives?.[key] === 'string') directives[key] = styled(directives[key])
}

// Marp keeps the front matter to itself: a comment on the first slide says the embedded background after it.
function frontMatter(deck) {
  const [first] = deck.slides
  const { backgroundImage, _backgroundImage, style, header, footer } = deck.context.front
  const given = Object.entries({ backgroundImage, _backgroundImage }).filter(([, value]) => value)
  if (given.length > 0) {
    const directives = Object.fromEntries(given)
    embedBackground(directives, (css) => embedStyle(deck, first, css))
    const comment = Object.assign(new deck.Token('marpit_comment', '', 0), { block: true, hidden: true, content: '' })
    comment.meta = { marpitParsedDirectives: directives, marpitCommentParsed: 'directive' }
    first.tokens.unshift(comment)
  }
  if (/url\(\s*(?!["']?(?:data:|#))|@import\b/.test(style ?? ''))
    deck.problem(first, 'style: …', 'asks for a file', 'write <style> on the first slide, where files are embedded')
  for (const [key, text] of Object.entries({ header, footer }))
    if (/!\[|<img/.test(text ?? '')) deck.problem(first, `${key}: ${text}`, 'has an image that is not embedded', 'write words, or show the image with ![bg …](…)')
}

function embed(deck, slide, src) {
  if (src.startsWith('data:')) return src
  const path = locate(deck, slide, src)
  if (!path) return src
  const type = TYPES[extname(path).toLowerCase()]
  if (!type) return deck.problem(slide, src, 'is of no known image type', `use one of ${Object.keys(TYPES).join(' ')}`), src
  return `data:${type};base64,${readFileSync(path).toString('base64')}`
}

// The file behind an image's address; without a slide, what is wrong with it is not reported.
export function locate(deck, slide, src) {
  const report = (problem, remedy) => void (slide && deck.problem(slide, src, problem, remedy))
  if (/^(https?:)?\/\//.test(src)) return report('is fetched from the network', 'save the file under slides/figures/ and link it there')
  if (/^[a-z]{2,}:/i.test(src)) return report('is no path', 'write the path from the deck: figures/…')
  const [path] = [src, decoded(src), decoded(src).replace(/[?#].*$/, '')].map((name) => resolve(deck.context.root, name)).filter(existsSync)
  if (path === undefined || !statSync(path).isFile()) return report('no such image', 'check the path, or run `coursekit sync` to write the figure')
  if (!isInside(path, deck.context.inside || deck.context.root)) return report('lies outside the course', 'copy the file under slides/figures/')
  return path
}

function decoded(src) {
  try {
    return decodeURIComponent(src)
  } catch {
    return src // «100%.png»: the sign itself
  }
}

// After `..`, percent signs and symbolic links.
function isInside(path, folder) {
  const way = relative(realpathSync(folder), realpathSync(path))
  return way !== '' && !way.startsWith('..') && resolve(way) !== way
}
