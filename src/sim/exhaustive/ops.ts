/** A shape as ops with real ids. Nobody looks at what a signature is: those were checked before a replica gets a unit. */
import { compareBytes } from '../../core/bytes.ts'
import { encodeValue } from '../../core/cbor.ts'
import { asAuthor, hashOp, type Op } from '../../core/op.ts'
import type { UnitOp } from '../../core/unit.ts'
import type { Shape } from './shapes.ts'

const AUTHORS = [1, 2, 3].map((n) => asAuthor(new Uint8Array(32).fill(n)))
const SIGNATURE = new Uint8Array(64)
const FINE = encodeValue('fine')
const REFUSED = encodeValue('refused')

/** The rules of these rooms: an op is refused for what it says, and for nothing else. */
export const isAccepted = ({ body }: Op): boolean => body.length === FINE.length

/** The ops of a shape, all signed. Their times are their numbers, so that no two are the same op. */
export function opsOf({ author, prev, parents, bent }: Shape): UnitOp[] {
  const ops: UnitOp[] = []
  for (let n = 0; n < author.length; n++) {
    const before = prev[n]! < 0 ? null : ops[prev[n]!]!
    const how = bent?.op === n ? bent.how : null
    const op: Op = {
      room: n === 0 ? null : ops[0]!.id,
      author: AUTHORS[author[n]!]!,
      seq: before === null ? 0 : before.op.seq + (how === 'seq' ? 2 : 1),
      prev: before?.id ?? null,
      deps: ops
        .filter((dep, other) => dep !== before && has(parents[n]!, other))
        .map(({ id }) => id)
        .sort(compareBytes),
      time: n,
      body: how === 'rules' ? REFUSED : FINE,
    }
    ops.push({ op, id: hashOp(op), signature: SIGNATURE })
  }
  return ops
}

/** Whether a set of ops, a bit each, has this one. */
export const has = (ops: number, op: number): boolean => (ops & (1 << op)) !== 0
