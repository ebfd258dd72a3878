/** Shares of a bounded list: other authors decide how many items there are, and whose. */

/**
 * At most so many of these items, in their order: the first one of each author, then the second one of each, and so on; of equals, those
 * of the authors with the least numbers. So an author with many items hides nobody’s. O(items log items).
 */
export function shareOut<Item>(items: readonly Item[], most: number, authorOf: (item: Item) => number): readonly Item[] {
  if (items.length <= most) return items
  const counts = new Map<number, number>()
  const ranked = items.map((item, place) => {
    const author = authorOf(item)
    const rank = counts.get(author) ?? 0
    counts.set(author, rank + 1)
    return { item, place, author, rank }
  })
  const kept = ranked.toSorted((a, b) => a.rank - b.rank || a.author - b.author).slice(0, most)
  return kept.toSorted((a, b) => a.place - b.place).map(({ item }) => item)
}
