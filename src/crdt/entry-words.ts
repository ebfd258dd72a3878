import type { Body } from './body.ts'

/** What every screen says of an op that is no message, and what a search finds it by. */
const FOUNDED = (name: string): string => `created the room “${name}”`
const JOINED = 'joined the branches'

/** What a line of the history says: a message speaks for itself, the others are told. `text`: what `textOf` gives, or its beginning. */
export function wordsOf({ kind, text }: { readonly kind: Body['kind']; readonly text: string }): string {
  switch (kind) {
    case 'genesis':
      return FOUNDED(text)
    case 'merge':
      return JOINED
    case 'message':
    case 'patch':
      return text
  }
}
