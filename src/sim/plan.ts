/**
 * A plan: what happens in a world, as plain data worked out from a seed. What a plan leaves open (delays, whom an adversary
 * picks) is chance from the same seed, in streams of their own, so that a smaller plan is still the same world with less in it.
 */
import { assert } from '../core/result.ts'
import type { Limits } from '../sync/limits.ts'
import { createRandom, type Random } from './random.ts'
import { STRATEGIES, type StrategyName } from './strategies.ts'

export type Fault =
  /** Nothing gets from `from` to `to`. */
  | { readonly type: 'cut'; readonly at: number; readonly until: number; readonly from: readonly number[]; readonly to: readonly number[] }
  /** All paths of a node go down and come up again, `every` ms. */
  | { readonly type: 'flap'; readonly at: number; readonly until: number; readonly node: number; readonly every: number }
  /** The node's paths to honest nodes are cut: it hears only adversaries. */
  | { readonly type: 'eclipse'; readonly at: number; readonly until: number; readonly node: number }
  | { readonly type: 'crash'; readonly at: number; readonly until: number; readonly node: number }
  /** A crash after which the disk is as it was earlier, with the same key. */
  | { readonly type: 'amnesia'; readonly at: number; readonly until: number; readonly node: number }
  /** A crash after which the disk, the key included, is gone. */
  | { readonly type: 'evict'; readonly at: number; readonly until: number; readonly node: number }
  /** A bit on disk flips; it is found when the node is started again. */
  | { readonly type: 'flip'; readonly at: number; readonly until: number; readonly node: number }
  | { readonly type: 'full'; readonly at: number; readonly until: number; readonly node: number }
  | { readonly type: 'failing'; readonly at: number; readonly until: number; readonly node: number }
  /** The node's identity is run a second time, from a copy of its disk. */
  | { readonly type: 'twin'; readonly at: number; readonly node: number }

export interface Plan {
  readonly scenario: ScenarioName
  readonly seed: number
  readonly nodes: number
  /** Ops that honest nodes are asked to write. */
  readonly ops: number
  /** How long everything goes wrong (ms); then the world heals. */
  readonly storm: number
  /** Ed25519, or the stand-in. */
  readonly real: boolean
  /** Groups of nodes that hear each other's broadcasts. */
  readonly domains: readonly (readonly number[])[]
  /** ms: every message takes at least `least`, few take nearly `most`. */
  readonly delay: { readonly least: number; readonly most: number }
  /** Shares of messages, 0 … 1. */
  readonly lost: number
  readonly repeated: number
  readonly tampered: number
  /** How far clocks run fast or slow, a share. */
  readonly skew: number
  readonly strategies: readonly StrategyName[]
  /** Acts of each adversary during the storm. */
  readonly acts: number
  readonly faults: readonly Fault[]
  /** How much nodes say at a time, where it is not what the product does. */
  readonly limits?: Limits
  /** What a signature costs these nodes, compared with the platform's cryptography. */
  readonly signatureCost?: number
}

const weather = (random: Random): Pick<Plan, 'delay' | 'lost' | 'repeated' | 'tampered' | 'skew'> => {
  const least = random.pick([0, 1, 5, 20])
  const rough = random.chance(0.5)
  return {
    delay: { least, most: least + random.pick([2, 20, 100, 600]) },
    lost: rough ? random.between(0, 0.2) : 0,
    repeated: rough ? random.between(0, 0.15) : 0,
    tampered: rough ? random.between(0, 0.05) : 0,
    skew: random.pick([0, 0.001, 0.1]),
  }
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** One path for all; or two that share a node or two; or a line of neighbours. */
function domains(random: Random, nodes: number): readonly (readonly number[])[] {
  const all = random.shuffled(range(nodes))
  const shape = random.below(4)
  if (shape <= 1 || nodes < 3) return [all]
  if (shape === 2) {
    const middle = 1 + random.below(nodes - 1)
    return [all.slice(0, middle), all.slice(middle - 1)]
  }
  return range(nodes - 1).map((i) => [all[i]!, all[i + 1]!])
}

function faults(random: Random, nodes: number, storm: number): Fault[] {
  const out: Fault[] = []
  const count = random.below(6)
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random.between(0, storm * 0.8))
    const until = Math.floor(random.between(at, storm))
    const node = random.below(nodes)
    const side = random.shuffled(range(nodes)).slice(0, 1 + random.below(nodes))
    const other = range(nodes).filter((n) => !side.includes(n))
    switch (random.below(11)) {
      case 0:
        out.push({ type: 'cut', at, until, from: side, to: other })
        break
      case 1:
      case 2:
        out.push({ type: 'cut', at, until, from: side, to: other }, { type: 'cut', at, until, from: other, to: side })
        break
      case 3:
        out.push({ type: 'flap', at, until, node, every: random.pick([50, 300, 1_000]) })
        break
      case 4:
      case 5:
        out.push({ type: 'crash', at, until, node })
        break
      case 6:
        out.push({ type: 'amnesia', at, until, node })
        break
      case 7:
        out.push({ type: 'evict', at, until, node })
        break
      case 8:
        // What the node writes while nobody hears it is on its disk only, and stands after what the flip damages.
        if (random.chance(0.5)) out.push({ type: 'eclipse', at: Math.floor(random.between(0, at)), until, node })
        out.push({ type: 'flip', at, until, node })
        break
      case 9:
        out.push({ type: random.chance(0.5) ? 'full' : 'failing', at, until, node })
        break
      default:
        out.push(random.chance(0.5) ? { type: 'twin', at, node } : { type: 'eclipse', at, until, node })
    }
  }
  return out
}

/** Of so many worlds one has nodes that can say so little at a time that whatever they say takes several pieces. */
export const TERSE_ONE_IN = 8

/** In a stream of its own: the same world with less said at a time. */
function terse(seed: number): { readonly limits?: Limits } {
  const random = createRandom(seed, 'limits')
  if (!random.chance(1 / TERSE_ONE_IN)) return {}
  const [tips, newestTips, sparseTips] = [6, 3, 2].map((most) => 1 + random.below(most)) as [number, number, number]
  const [parts, serveBytes] = [random.pick([1, 4, 16]), random.pick([1_000, 2_000, 5_000])]
  return {
    limits: {
      heads: 2 + random.below(4),
      newestHeads: 1 + random.below(2),
      tips,
      newestTips,
      sparseTips,
      parts,
      serveBytes,
      bundleOps: random.pick([1, 2, 4, 16]),
      wholeFrom: random.pick([1, 2, 8]),
    },
  }
}

const NAMES = Object.keys(STRATEGIES) as StrategyName[]

/** Nodes of a random world, adversaries among them. */
const NODES = 7

/** Worlds of which nobody knows what is in them: 7 nodes, 2 to 5 of them adversaries, and about 200 ops. */
function random(seed: number, chance: Random): Plan {
  const real = seed % 50 === 49
  const storm = chance.pick([2_000, 4_000, 6_000])
  const strategies = chance.shuffled(NAMES).slice(0, 2 + chance.below(4))
  const nodes = NODES - strategies.length
  return {
    scenario: 'random',
    seed,
    nodes,
    // Ed25519 in plain JavaScript takes a thousand times as long as all the rest.
    ops: real ? 50 : 170,
    storm,
    real,
    domains: domains(chance, nodes),
    ...weather(chance),
    strategies,
    acts: real ? 6 : 5 + chance.below(20),
    faults: faults(chance, nodes, storm),
    ...terse(seed),
  }
}

/** Correct nodes alone, with faults of network and disks. */
function faulty(seed: number, chance: Random): Plan {
  const plan = random(seed, chance)
  return {
    ...plan,
    scenario: 'faulty',
    nodes: NODES,
    domains: domains(chance, NODES),
    strategies: [],
    faults: faults(chance, NODES, plan.storm),
  }
}

/** One of each adversary, against three honest nodes. */
function besieged(seed: number, chance: Random): Plan {
  const plan = random(seed, chance)
  return { ...plan, scenario: 'besieged', nodes: 3, domains: [[0, 1, 2]], strategies: NAMES, faults: faults(chance, 3, plan.storm) }
}

/** No fault and no adversary: what has no reason to go wrong. */
const calm = (seed: number, chance: Random): Plan => ({
  ...faulty(seed, chance),
  scenario: 'calm',
  delay: { least: 1, most: 20 },
  lost: 0,
  repeated: 0,
  tampered: 0,
  skew: 0,
  faults: [],
})

const SCENARIOS = { random, faulty, besieged, calm }

export type ScenarioName = keyof typeof SCENARIOS

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[]

/** The plan of a seed (a whole number from 0 on). */
export function planOf(scenario: ScenarioName, seed: number): Plan {
  assert(Number.isSafeInteger(seed) && seed >= 0, 'a seed is a whole number from 0 on')
  return SCENARIOS[scenario](seed, createRandom(seed, `plan ${scenario}`))
}

/** Worlds of every kind by turns, eight random ones of eleven: a number prime to that of `trial.ts`. */
export const TURN = 11
const OTHERS: readonly ScenarioName[] = ['faulty', 'besieged', 'calm']

/** The scenario of a seed where all have their turns. */
export const scenarioOf = (seed: number): ScenarioName => OTHERS[seed % TURN] ?? 'random'
