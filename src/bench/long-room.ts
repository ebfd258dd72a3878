/**
 * A long conversation as a file that the app imports: several people who mostly answer each other and now and then write at
 * the same time. The same ops on every machine, in units signed as nodes store and send history.
 */
import { compareBytes } from '../core/bytes.ts'
import { domainBytes, sha256 } from '../core/hash.ts'
import { signedBytes } from '../core/keys.ts'
import { MAX_UNIT_OPS } from '../core/limits.ts'
import { hashOp, type Op, type OpId } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { formatLink } from '../node/link.ts'
import { OPEN } from '../rules/open.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { mergeUnits } from '../sync/merge.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import { keyOfSeed } from './trace-to-bundle.ts'

const SEED = 'tabweave bench open'
const BEGAN = 1_700_000_000
/** One op in so many has not seen what was written just before it. */
const CONCURRENT_EVERY = 8
const WORDS = 'and the a node to of sees every op when it was that peers agree on what they hold before anyone asks again'.split(' ')

export interface LongRoom {
  readonly link: string
  readonly ops: number
  readonly file: Uint8Array
}

/** A room of `count` ops by `people`; another one for another seed. `deflateRaw` is RFC 1951, without a header. */
export async function longRoom(
  count: number,
  people: number,
  deflateRaw: (bytes: Uint8Array) => Uint8Array,
  seed = SEED,
): Promise<LongRoom> {
  const keys = await Promise.all(Array.from({ length: people }, (_, i) => keyOfSeed(`${seed} ${i}`)))
  const chance = createChance()
  const bundles: Uint8Array[] = []
  /** By person: the latest op. */
  const last: UnitOp[] = []
  let unit: UnitOp[] = []
  let genesis: OpId | null = null
  /** Who wrote the latest op, and the one before it. */
  let [latest, earlier] = [0, 0]
  for (let n = 0; n < count; n++) {
    const person = n < people ? n : chance(people)
    const prev = last[person]
    const seen = chance(CONCURRENT_EVERY) === 0 ? earlier : latest
    const parents = n === 0 ? [] : [last[seen]!.id, ...(n % 64 === 0 ? last.map(({ id }) => id) : [])]
    const deps = new Map(parents.filter((id) => id !== prev?.id).map((id) => [id.join(), id]))
    const op: Op = {
      room: genesis,
      author: keys[person]!.author,
      seq: prev === undefined ? 0 : prev.op.seq + 1,
      prev: prev?.id ?? null,
      deps: [...deps.values()].sort(compareBytes),
      time: BEGAN + n,
      body: encodeBody(n === 0 ? { kind: 'genesis', name: `${count} ops`, ...OPEN } : { kind: 'message', text: sentence(chance) }),
    }
    const id = hashOp(op)
    genesis ??= id
    const made = { op, id, signature: new Uint8Array(64) }
    last[person] = made
    ;[latest, earlier] = [person, latest]
    unit.push(made)
    if (unit.length < MAX_UNIT_OPS && n < count - 1) continue
    const signed: UnitOp[] = []
    for (const each of mergeUnits([unit])[0]!) {
      const key = keys.find(({ author }) => author === each.op.author)!
      signed.push(each.signature === null ? each : { ...each, signature: await key.sign(signedBytes(each.id)) })
    }
    bundles.push(wrapBundle('deflate', deflateRaw(encodeBundle([signed]))))
    unit = []
  }
  return { link: formatLink({ genesis: genesis!, secret: sha256(domainBytes(seed)) }), ops: count, file: encodeFile(bundles) }
}

function sentence(chance: (below: number) => number): string {
  return Array.from({ length: 3 + chance(6) }, () => WORDS[chance(WORDS.length)]!).join(' ')
}

/** Whole numbers below what is asked, the same on every machine: a Lehmer generator (Park & Miller 1988). */
function createChance(): (below: number) => number {
  let state = 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}
