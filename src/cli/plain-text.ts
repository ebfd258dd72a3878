/**
 * Text on its way to a terminal. What others write may hold anything, and a terminal obeys much of it: sequences that move the
 * cursor, change the title or answer in the user's name, marks that turn the rest of a line around, ends of lines that make one line
 * look like several. Every line that is printed goes through here, and comes out as one line of characters that stand for themselves.
 */

/** Characters of a line on a screen: some twenty rows of the narrowest. */
const MAX_ON_SCREEN = 1_600

/** Marks on one letter: more than any writing has, and few enough to stay in their line. */
const MAX_MARKS = 8

/**
 * Controls (C0, DEL, C1), format characters (all that turn text, hide or join it), separators of lines and paragraphs, halves of
 * characters. The two joiners stay: scripts and emoji need them, and they move nothing.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const PILED = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu')

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text with whatever a terminal would obey written out (`\n`, `\u{1b}`), and without piles of marks. O(length). */
export function visible(text: string): string {
  return text.replace(UNSAFE, (unsafe) => SHORT[unsafe] ?? `\\u{${unsafe.codePointAt(0)!.toString(16)}}`).replace(PILED, '$1…')
}

/** A line for people: its beginning, when it is longer than a screen should be filled with. */
export function clipped(line: string): string {
  if (line.length <= MAX_ON_SCREEN) return line
  const characters = Array.from(line)
  const more = characters.length - MAX_ON_SCREEN
  return more > 0 ? `${characters.slice(0, MAX_ON_SCREEN).join('')}… (${more} more characters)` : line
}
