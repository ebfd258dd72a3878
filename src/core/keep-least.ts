/** Puts an item into a sorted list that keeps its least `most`. O(log most), and moving these. */
export function keepLeast<Item>(list: Item[], item: Item, most: number, compare: (a: Item, b: Item) => number): void {
  let [from, to] = [0, list.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (compare(list[middle]!, item) < 0) from = middle + 1
    else to = middle
  }
  if (from === most) return
  list.splice(from, 0, item)
  if (list.length > most) list.pop()
}
