// Marp with this course's engine and theme: `npx marp -w slides/02-transformer.md` previews a deck.
import engine from './slides/engine/index.mjs'
import { slugOf } from './slides/engine/titles.mjs'

export default {
  engine,
  html: true, // decks come from this repository; they use <div class> and <span data-metric>
  allowLocalFiles: true,
  options: {
    emoji: { unicode: false, shortcode: false }, // else Marp links images on a CDN
    math: 'mathjax', // inline SVG; KaTeX would fetch fonts
    slug: { slugifier: slugOf },
  },
}
