// The student edition has no presenter notes at all; the instructor's says how long each note is.
import { comments, isNote } from './tokens.mjs'

export function edition(deck) {
  for (const slide of deck.slides) {
    const notes = comments(slide.tokens).filter(isNote)
    if (deck.context.edition === 'student') {
      for (const note of notes) note.meta.marpitCommentParsed = 'coursekit-student' // no note to Marp
    } else {
      const words = notes.flatMap((note) => note.content.split(/\s+/).filter(Boolean)).length
      slide.attributes['data-note-words'] = String(words)
    }
  }
}
