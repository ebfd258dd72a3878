/**
 * What of a text of others is laid out: little of it at first, then part by part, and never piles of marks. The time to lay out a
 * paragraph may grow with the square of its length.
 */
import { thinMarks } from '../../core/marks.ts'

/** The beginning of a text: so many lines, or characters that wrap into about as many. */
const BEGINNING_LINES = 12
const BEGINNING_CHARACTERS = 900
/** Characters and lines of a part, which is a paragraph of its own: small enough that the square of it does not count. Each click adds one. */
const PART_CHARACTERS = 4_000
const PART_LINES = 200

/** The beginning of a text, for a place that shows no more; the text itself when it is short. O(1). */
export function beginningOf(text: string): string {
  const end = endOfBeginning(text)
  return end < text.length ? `${thinMarks(text.slice(0, end)).trimEnd()}…` : thinMarks(text)
}

/** The first `count` parts of a text, or its beginning for 0, and whether they are all of it. O(what they hold). */
export function partsOf(text: string, count: number): { readonly parts: readonly string[]; readonly isWhole: boolean } {
  if (count === 0) return { parts: [beginningOf(text)], isWhole: endOfBeginning(text) === text.length }
  const parts: string[] = []
  let at = 0
  while (at < text.length && parts.length < count) {
    const end = endOf(text, at, PART_CHARACTERS, PART_LINES)
    parts.push(thinMarks(text.slice(at, end)))
    at = end
  }
  return { parts, isWhole: at === text.length }
}

const endOfBeginning = (text: string): number => endOf(text, 0, BEGINNING_CHARACTERS, BEGINNING_LINES)

/**
 * Where a part ends that begins at `from`: after the last line in its second half, or else after the last space there, and not within a
 * character. Between lines nobody sees that another part begins.
 */
function endOf(text: string, from: number, characters: number, lines: number): number {
  let end = Math.min(text.length, from + characters)
  for (let line = 0, at = from; line < lines; line++) {
    at = text.indexOf('\n', at) + 1
    if (at === 0 || at >= end) break
    if (line === lines - 1) return at
  }
  if (end === text.length) return end
  const part = text.slice(from, end)
  const places = [part.lastIndexOf('\n'), part.lastIndexOf(' ')]
  const place = places.find((each) => each > characters / 2)
  if (place !== undefined) return from + place + 1
  if (/[\ud800-\udbff]$/.test(part) && /[\udc00-\udfff]/.test(text[end]!)) end--
  return end
}
