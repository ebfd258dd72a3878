/**
 * An address without the slashes at its end. Linear: the pattern `/+$` would begin anew at each slash, and others decide how many there
 * are.
 */
export function withoutEndSlashes(address: string): string {
  let end = address.length
  while (end > 0 && address[end - 1] === '/') end--
  return address.slice(0, end)
}
