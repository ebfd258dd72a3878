/** Texts that have to fit. */

/** `text`, or the longest beginning of it that `fits` with "…" after it; its first letter at least. */
export function beginningThatFits(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text
  const letters = Array.from(text)
  const begin = (count: number): string => `${letters.slice(0, count).join('')}…`
  let [least, most] = [1, letters.length]
  while (most - least > 1) {
    const middle = (least + most) >> 1
    if (fits(begin(middle))) least = middle
    else most = middle
  }
  return begin(least)
}
