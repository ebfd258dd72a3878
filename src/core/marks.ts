/**
 * Piled combining marks. Layout and Unicode normalization sort the marks of a letter, in time that grows with the square of their
 * number, and the author of a text chooses that number. Texts of others are thinned before a platform function takes them.
 */

/** Marks on one letter: more than any writing has, few enough to stay in their line and to sort. */
const MAX_MARKS = 8

const PILED = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu')

/** The text with at most `MAX_MARKS` marks on each letter; "…" stands for the others. O(length). */
export const thinMarks = (text: string): string => text.replace(PILED, '$1…')
