/**
 * Floods: two correct nodes, one of whom writes, and whoever holds the room's secret says as much as it can to the other.
 * What the flood takes of a processor is what it takes of the throughput of a node that has that one; signatures are counted
 * and priced, since a world's are not real.
 */
import { tipsOf } from '../core/dag.ts'
import type { OpId } from '../core/op.ts'
import type { PeerId } from '../sync/effects.ts'
import { bundleOf, NEW } from './villain.ts'
import {
  chainOf,
  claim,
  createStage,
  ghostId,
  keyNamed,
  linkNamed,
  message,
  run,
  runUntil,
  signedBadly,
  type Stage,
  tell,
  type,
  wantBelow,
} from './stage.ts'

/** What a native verification and a native signature take of a processor (ms): 12,000 and 16,000 a second, measured in Chromium. */
const VERIFY_MS = 1 / 12_000
const SIGN_MS = 1 / 16_000

/** Hostile messages, and ops that the honest one writes, in a second. */
const MESSAGES_PER_SECOND = 2_000
const TYPED_PER_SECOND = 50
/** How often the flood comes (ms). */
const EVERY = 10

/** Says the n-th message of a flood to the node that is flooded. */
type Flood = (stage: Stage, n: number) => void

const units = (stage: Stage, from: PeerId, brought: Parameters<typeof bundleOf>[0]): void =>
  tell(stage, stage.nodes[1]!, from, { type: 'units', ref: 0, bundle: bundleOf(brought), last: true, left: 0 })

const stranger = (stage: Stage, n: number): PeerId => linkNamed(stage, `stranger ${n}`)
const key = (n: number): ReturnType<typeof keyNamed> => keyNamed(`key ${n % 50}`)
const waiting = (stage: Stage, n: number): ReturnType<typeof message> => message(stage, key(n), null, [ghostId(n)], `waits ${n}`)

export const FLOODS = {
  'ops that wait, by one link': (stage, n) => units(stage, linkNamed(stage, 'one'), [[waiting(stage, n)]]),
  'ops that wait, by many links': (stage, n) => units(stage, stranger(stage, n % 100), [[waiting(stage, n)]]),
  'ops that wait, a new link for each': (stage, n) => units(stage, stranger(stage, n), [[waiting(stage, n)]]),
  'bad signatures, a new link for each': (stage, n) =>
    units(stage, stranger(stage, n), [[signedBadly(message(stage, key(n), null, [stage.room], `${n}`))]]),
  'bundles that are none, a new link for each': (stage, n) =>
    tell(stage, stage.nodes[1]!, stranger(stage, n), {
      type: 'units',
      ref: 0,
      bundle: new Uint8Array(20_000).fill(0xb5),
      last: true,
      left: 0,
    }),
  'large units of unsigned chains': (stage, n) => {
    if (n % 20 > 0) return
    const chain = (chains[n % 8] ??= chainOf(stage, key(n), 1_000, [ghostId(n)]))
    units(stage, stranger(stage, n), [chain.map((each, i) => (i < 999 ? { ...each, signature: null } : signedBadly(each)))])
  },
  'heads, by many links': (stage, n) => claim(stage, stage.nodes[1]!, stranger(stage, n % 200), ghosts(n)),
  'heads, a new link for each': (stage, n) => claim(stage, stage.nodes[1]!, stranger(stage, n), ghosts(n)),
  'tips, by many links': (stage, n) =>
    tell(stage, stage.nodes[1]!, stranger(stage, n % 200), wantBelow(n, ghosts(n), { ids: ghosts(n), ofAll: n % 2 === 0 })),
  'false proofs, a new link for each': (stage, n) =>
    tell(stage, stage.nodes[1]!, stranger(stage, n), {
      type: 'hello',
      author: key(n).author,
      proof: new Uint8Array(64).fill(n % 200),
      ...NEW,
    }),
  'valid ops, a new key and link for each': (stage, n) =>
    units(stage, stranger(stage, n), [[message(stage, keyNamed(`sybil ${n}`), null, [stage.room], `${n}`)]]),
} satisfies Record<string, Flood>

const chains: ReturnType<typeof chainOf>[] = []

/** 64 ids of ops that never were, in ascending order. */
const ghosts = (n: number): OpId[] =>
  (ids[n % 32] ??= Array.from({ length: 64 }, (_, i) => ghostId(n * 64 + i)).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!))
const ids: OpId[][] = []

export type FloodName = keyof typeof FLOODS
export const FLOOD_NAMES = Object.keys(FLOODS) as FloodName[]

export interface FloodReport {
  readonly name: FloodName | null
  readonly messages: number
  /** Ops that the honest one wrote, those that the other has at the end, and how long after the flood it had them (ms). */
  readonly typed: number
  readonly arrived: number
  readonly late: number
  /** Shares of a processor that the flooded node needed: in the engine (by `clock`), for signatures (priced). */
  readonly engine: number
  readonly signatures: number
  readonly verified: number
  readonly signed: number
}

/** Floods a node for so many seconds; null: nobody does. `clock` gives real time in ms. */
export function flood(name: FloodName | null, seconds: number, clock: () => number): FloodReport {
  const stage = createStage(2)
  const { world, nodes } = stage
  const [alice, bob] = [nodes[0]!, nodes[1]!]
  world.clock = clock
  const before = { ...bob.work }
  let [messages, typed] = [0, 0]
  const end = world.schedule.now + seconds * 1_000
  for (let tick = 0; world.schedule.now < end; tick++) {
    if (name !== null) for (let i = 0; i < (MESSAGES_PER_SECOND * EVERY) / 1_000; i++) FLOODS[name](stage, messages++)
    if (tick % (1_000 / EVERY / TYPED_PER_SECOND) === 0) type(stage, alice, `typed ${typed++}`)
    run(stage, EVERY)
  }
  const own = (): number => {
    const { dag } = bob.engine.replica
    const [tip] = tipsOf(dag, 0)
    return tip === undefined ? 0 : dag.seq[tip]! + 1
  }
  const late = runUntil(stage, 60_000, () => own() === typed + 1, 5)
  const verified = bob.work.verified - before.verified
  const signed = bob.work.signed - before.signed
  return {
    name,
    messages,
    typed,
    arrived: own() - 1,
    late,
    engine: (bob.work.ms - before.ms) / (seconds * 1_000),
    signatures: (verified * VERIFY_MS + signed * SIGN_MS) / seconds,
    verified,
    signed,
  }
}

/** What is left of a flooded node's throughput, of 1: the median and the spread of some rounds, each beside one without the flood. */
export interface FloodCost {
  readonly name: FloodName
  readonly throughput: number
  readonly spread: readonly [number, number]
  readonly typed: number
  readonly arrived: number
}

/** Rounds that are measured, after one that is not, and the seconds of each. */
const ROUNDS = 3
const SECONDS = 10

/**
 * A node that has a whole processor to do loses to a flood the share of it that the flood needs, in the same run: what the
 * node needed with it less what it needed without.
 */
export function costOf(name: FloodName, clock: () => number): FloodCost {
  const left: number[] = []
  let last = flood(name, SECONDS, clock)
  for (let round = 0; round < ROUNDS; round++) {
    const calm = flood(null, SECONDS, clock)
    last = flood(name, SECONDS, clock)
    left.push(1 - (last.engine + last.signatures - calm.engine - calm.signatures))
  }
  left.sort((a, b) => a - b)
  return { name, throughput: left[ROUNDS >> 1]!, spread: [left[0]!, left.at(-1)!], typed: last.typed, arrived: last.arrived }
}
