/**
 * Piled combining marks. Layout and Unicode normalization sort the marks of a letter, in time that grows with the square of their
 * number, and the author of a text chooses that number. Texts of others are thinned before a platform function takes them.
 *
 * Joiners and other characters without a width count as marks: they do not end a letter, so marks after them are piled on it too.
 */

/** Marks on one letter: more than any writing has, few enough to stay in their line and to sort. */
const MAX_MARKS = 8

const MARK = '[\\p{M}\\p{Grapheme_Extend}\\p{Emoji_Modifier}\\p{Cf}\\p{Default_Ignorable_Code_Point}]'
const PILED = new RegExp(`(${MARK}{${MAX_MARKS}})${MARK}+`, 'gu')

/** The text with at most `MAX_MARKS` marks on each letter; "…" stands for the others. O(length). */
export const thinMarks = (text: string): string => text.replace(PILED, '$1…')
