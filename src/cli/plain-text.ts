/**
 * Text on its way to a terminal. Texts of others may hold anything, and a terminal obeys much of it: sequences that move the cursor,
 * change the title or answer in the user's name, marks that turn the rest of a line around, ends of lines that make one line look like
 * several. Every line that is printed goes through here, and comes out as one line of characters that the terminal only shows.
 */

import { thinMarks } from '../core/marks.ts'

/** Characters of a line on a screen: some twenty rows of the narrowest. */
const MAX_ON_SCREEN = 1_600

/**
 * Controls (C0, DEL, C1), format characters (all that turn text, hide or join it), separators of lines and paragraphs, halves of
 * characters. The two joiners stay: scripts and emoji need them, and they move nothing.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text in which everything that a terminal would obey is written out (`\n`, `\u{1b}`), and without piles of marks. O(length). */
export function visible(text: string): string {
  return thinMarks(text.replace(UNSAFE, (unsafe) => SHORT[unsafe] ?? `\\u{${unsafe.codePointAt(0)!.toString(16)}}`))
}

/** A line for people. If it is longer than it may be on a screen: its beginning. */
export function clipped(line: string): string {
  if (line.length <= MAX_ON_SCREEN) return line
  const characters = Array.from(line)
  const more = characters.length - MAX_ON_SCREEN
  return more > 0 ? `${characters.slice(0, MAX_ON_SCREEN).join('')}… (${more} more characters)` : line
}

/** The beginning of each row of a line except the first. So no row of another author's text can be taken for a line of its own. */
export const INDENT = '    '

/** In a narrower terminal the indent would leave no room for a character of two columns. */
const LEAST_COLUMNS = INDENT.length + 4

/** From here on characters may be two columns wide. A character that is not only makes its row shorter. */
const WIDE_FROM = 0x0300

/**
 * A visible line as rows for a terminal of so many columns, broken at spaces where there are any. A terminal that breaks lines itself
 * begins each row at the edge. Then a text that fills rows with spaces could look like lines of other authors, or of the node. O(length).
 */
export function wrapped(line: string, columns: number): string {
  if (columns < LEAST_COLUMNS) return line
  // If a row is full, terminals differ in where they leave the cursor.
  const most = columns - 1
  const rows: string[] = []
  let row = ''
  let width = 0
  for (const character of line) {
    const wide = widthOf(character)
    if (width + wide > most) {
      const space = row.lastIndexOf(' ')
      const end = space > INDENT.length ? space : row.length
      rows.push(row.slice(0, end).trimEnd())
      row = `${INDENT}${row.slice(end).trimStart()}`
      width = Array.from(row).reduce((sum, each) => sum + widthOf(each), 0)
    }
    row += character
    width += wide
  }
  return [...rows, row].join('\n')
}

const widthOf = (character: string): number => (character.codePointAt(0)! < WIDE_FROM ? 1 : 2)
