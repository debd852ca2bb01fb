// The student edition has no presenter notes at all; the instructor's says how long each note is and what it has («Di»,
// «Pregunta», «Respuesta», «Enlace»). In decks of the second edition each note begins with the minutes that it has.
import { comments, isNote } from './tokens.mjs'

const OUTSIDE = ['appendix', 'references', 'part']

export function edition(deck) {
  let minute = 0
  for (const slide of deck.slides) {
    const notes = comments(slide.tokens).filter(isNote)
    const lasts = Number(slide.directives[deck.context.route ? '_route' : '_minutes'] ?? 0)
    const timed = deck.context.front.edition === '2' && lasts > 0 && !OUTSIDE.some((name) => slide.hasClass(name))
    if (deck.context.edition === 'student') {
      for (const note of notes) note.meta.marpitCommentParsed = 'coursekit-student' // no note to Marp
    } else {
      const words = notes.flatMap((note) => note.content.split(/\s+/).filter(Boolean)).length
      slide.attributes['data-note-words'] = String(words)
      const said = notes.flatMap((note) => [...note.content.matchAll(/^(Di|Pregunta|Respuesta|Enlace):/gm)].map(([, name]) => name))
      if (said.length > 0) slide.attributes['data-note-says'] = said.join(' ')
      if (timed && notes.length > 0) notes[0].content = `[min ${written(minute)}–${written(minute + lasts)}] ${notes[0].content}`
    }
    if (timed && (!deck.context.route || slide.directives._route !== undefined)) minute += lasts
  }
}

function written(minutes) {
  return String(Math.round(10 * minutes) / 10).replace('.', ',')
}
