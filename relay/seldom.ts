/** A log in which one kind of line does not come often: who connects decides how often something is refused, and a disk is finite. */

/** The same line is written once in so long. ms */
export const LINE_EVERY_MS = 60_000

/**
 * Gives a log that writes the first of several equal lines at once, and of the others one each LINE_EVERY_MS. That one says how many were
 * left out before it.
 * @param log gets the lines that are written. The caller has few different ones: each is remembered @param now ms
 */
export function createSeldomLog(log: (line: string) => void, now: () => number): (line: string) => void {
  const written = new Map<string, { readonly at: number; leftOut: number }>()
  return (line) => {
    const last = written.get(line)
    if (last !== undefined && now() < last.at + LINE_EVERY_MS) {
      last.leftOut++
      return
    }
    written.set(line, { at: now(), leftOut: 0 })
    log(last === undefined || last.leftOut === 0 ? line : `${line} (${last.leftOut} more since the last such line)`)
  }
}
