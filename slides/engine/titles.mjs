// A line of a title does not end with an article or a preposition: what follows it stays with it.
const SHORT = /(?<![\p{L}\p{N}])(a|al|con|de|del|el|en|es|la|las|lo|los|no|o|por|se|si|sin|su|un|una|y) (?=\S)/giu

export function titles(deck) {
  for (const slide of deck.slides)
    slide.tokens.forEach((token, i) => {
      if (token.type !== 'inline' || slide.tokens[i - 1]?.type !== 'heading_open') return
      for (const child of token.children) if (child.type === 'text') child.content = child.content.replace(SHORT, '$1\u00a0')
    })
}

// The address of a heading, as GitHub makes it, but of its words and not of the HTML around its numbers.
export function slugOf(heading) {
  const words = heading.replace(/<[^>]*>/g, '').normalize('NFC').toLowerCase().trim()
  return words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
}
