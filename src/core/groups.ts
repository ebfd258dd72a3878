/**
 * Splits a list into groups of members that need each other, directly or through others: the strongly connected components, by Tarjan
 * ("Depth-first search and linear graph algorithms", 1972), without recursion.
 */

interface Visit<T> {
  readonly member: T
  readonly number: number
  readonly needs: Iterator<T>
  /** The lowest number of a member without a group that is reached from here. */
  low: number
}

/** The groups of `members`, each after all groups that it needs. `needsOf` names members only. O(members and what they need). */
export function groupsOf<T>(members: Iterable<T>, needsOf: (member: T) => Iterable<T>): T[][] {
  const groups: T[][] = []
  /** By member, in order of the visits. DONE: its group is found. */
  const numbers = new Map<T, number>()
  const ungrouped: T[] = []
  const path: Visit<T>[] = []
  const visit = (member: T): void => {
    const number = numbers.size
    numbers.set(member, number)
    ungrouped.push(member)
    path.push({ member, number, needs: needsOf(member)[Symbol.iterator](), low: number })
  }
  const close = ({ member, number, low }: Visit<T>): void => {
    const below = path.at(-1)
    if (below !== undefined) below.low = Math.min(below.low, low)
    if (low < number) return
    const group = ungrouped.splice(ungrouped.lastIndexOf(member))
    for (const each of group) numbers.set(each, DONE)
    groups.push(group)
  }
  for (const first of members) {
    if (!numbers.has(first)) visit(first)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const need = top.needs.next()
      if (need.done === true) close(path.pop()!)
      else if (numbers.has(need.value)) top.low = Math.min(top.low, numbers.get(need.value)!)
      else visit(need.value)
    }
  }
  return groups
}

/** Above all numbers, so that it lowers none. */
const DONE = Infinity
