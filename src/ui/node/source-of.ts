import { shortId } from '../shared/AuthorMark.tsx'
import { nodeMessages as text } from './node-messages.ts'

/** Who brought what is refused, or waits, in words. @param from a peer's sender value, or a word for something else */
export const sourceOf = (from: string): string => text.refusedFromElsewhere[from] ?? text.refusedFrom(shortId(from))
