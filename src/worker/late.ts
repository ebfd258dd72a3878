/**
 * Which ops arrived late: ops that stand in the history before an op that people may have read here. Ops that are taken in one after the
 * other, as in a download, are compared with what was here before the first of them.
 *
 * An op that was written here meanwhile is late too when others of the download stand after it: its author saw the end of the history, and the
 * op is not there.
 */
import { compareOps } from '../core/dag.ts'
import { sliceHistory } from '../core/history.ts'
import { keepLeast } from '../core/keep-least.ts'
import type { Replica } from '../core/replica.ts'
import { shareOut } from '../core/shares.ts'

/** At most so many late ops are named at a time. Other authors decide how many there are, so there must be a limit. */
export const MAX_LATE_NAMED = 256

/**
 * Without a pause in what is taken in, people are told after so long (ms): a slow download is over by then, and a liar who sends without
 * end does not decide whether they are told.
 */
export const LONGEST_STREAM = 30_000

export interface LateOps {
  /** How many there are. */
  readonly count: number
  /**
   * At most MAX_LATE_NAMED of them, in the order of the history: the first one of each author, those who wrote here first before others;
   * then the second one of each, and so on, if they are among the first of all. So an author with many late ops hides nobody’s.
   */
  readonly first: readonly number[]
}

const NONE: LateOps = { count: 0, first: [] }

export interface LateWatch {
  /**
   * The late ops among those that were admitted since ops were last given, once nothing is taken in any more. O(ops since the last look).
   * @param now ms
   */
  look(isTakingIn: boolean, now: number): LateOps
}

/** Knows the ops that are here when it begins. @param isWritten whether an op was written here */
export function createLateWatch(
  { dag, history }: Pick<Replica, 'dag' | 'history'>,
  now: number,
  isWritten: (op: number) => boolean,
): LateWatch {
  let looked = dag.length
  let count = 0
  let first: number[] = []
  /** By author, that author's first late op in the history. */
  const firstOf = new Map<number, number>()
  /** Ops that were written here since ops were last given, in the order of the history; and how many of them are late. */
  let written: number[] = []
  let passed = 0
  /** The last op of the history when ops were last given; −1 for none. */
  let last = -1
  let settledAt = now
  const settle = (): void => {
    last = sliceHistory(history, history.length - 1, 1)[0] ?? -1
    ;[count, first] = [0, []]
    ;[written, passed] = [[], 0]
    firstOf.clear()
  }
  const byPlace = (a: number, b: number): number => compareOps(dag, a, b)
  const note = (op: number): void => {
    count++
    keepLeast(first, op, MAX_LATE_NAMED, byPlace)
    const author = dag.author[op]!
    const before = firstOf.get(author)
    if (before === undefined || compareOps(dag, op, before) < 0) firstOf.set(author, op)
  }
  const named = (): number[] => {
    const ops = [...new Set([...firstOf.values(), ...first])]
    return [...shareOut(ops, MAX_LATE_NAMED, (op) => dag.author[op]!)].sort(byPlace)
  }
  settle()
  return {
    look(isTakingIn, at) {
      for (; looked < dag.length; looked++) {
        const isOwn = isWritten(looked)
        if (!isOwn) while (passed < written.length && compareOps(dag, looked, written[passed]!) > 0) note(written[passed++]!)
        if (last >= 0 && compareOps(dag, looked, last) <= 0) note(looked)
        else if (isOwn) written.push(looked)
      }
      if (isTakingIn && at < settledAt + LONGEST_STREAM) return NONE
      const found = count === 0 ? NONE : { count, first: named() }
      settledAt = at
      settle()
      return found
    },
  }
}
