/** The digest of heads as the protocol says it, by another SHA-256, with hexadecimal texts for ids and nothing kept. */
import { createHash } from 'node:crypto'

const sha256 = (domain: string, parts: readonly string[]): string =>
  createHash('sha256')
    .update(domain)
    .update(Buffer.from(parts.join(''), 'hex'))
    .digest('hex')

/** Of the ids (64 lower-case digits), in any order, which share the first `depth` digits. Gives 64 digits. */
export function naiveDigest(ids: readonly string[], depth = 0): string {
  if (ids.length <= 256) return sha256('tabweave/heads/1', ids.toSorted())
  const groups = '0123456789abcdef'.split('').map((digit) => ids.filter((id) => id[depth] === digit))
  return sha256(
    'tabweave/heads/2',
    groups.map((group) => naiveDigest(group, depth + 1)),
  )
}
