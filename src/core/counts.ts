/** Numbers as people read them, the same on the canvas, beside it, and in a terminal. */

const grouped = new Intl.NumberFormat('en')

/** "9", "12,431", "1,000,000". */
export const countInWords = (n: number): string => grouped.format(n)

/** "1 op", "2 ops", "12,000 ops". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${countInWords(n)} ${n === 1 ? one : many}`
