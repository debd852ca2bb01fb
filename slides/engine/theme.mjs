// The theme with its fonts inlined: nothing is fetched when a deck is shown.
import { readFileSync } from 'node:fs'

const folder = new URL('../theme/', import.meta.url)

export function themeCss() {
  const fonts = readFileSync(new URL('fonts.css', folder), 'utf8').replace(/url\("(fonts\/[^"]+)"\)/g, (_, path) => {
    const data = readFileSync(new URL(path, folder)).toString('base64')
    return `url("data:font/woff2;base64,${data}")`
  })
  return `${readFileSync(new URL('coursekit.css', folder), 'utf8')}\n${fonts}`
}
