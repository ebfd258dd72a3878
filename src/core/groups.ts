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

/** The groups of `members`, each after all groups that it needs. `needsOf` names members only. To the end O(members and what they need). */
export function* groupsOf<T>(members: Iterable<T>, needsOf: (member: T) => Iterable<T>): Generator<T[], void> {
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
  /** Ends a visit. Gives the group that ends with it, if one does. */
  const close = ({ member, number, low }: Visit<T>): T[] | null => {
    const below = path.at(-1)
    if (below !== undefined) below.low = Math.min(below.low, low)
    if (low < number) return null
    const group = ungrouped.splice(ungrouped.lastIndexOf(member))
    for (const each of group) numbers.set(each, DONE)
    return group
  }
  for (const first of members) {
    if (!numbers.has(first)) visit(first)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const need = top.needs.next()
      if (need.done === true) {
        const group = close(path.pop()!)
        if (group !== null) yield group
      } else if (numbers.has(need.value)) top.low = Math.min(top.low, numbers.get(need.value)!)
      else visit(need.value)
    }
  }
}

/** Above all numbers, so that it lowers none. */
const DONE = Infinity
