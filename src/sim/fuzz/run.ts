/** Runs inputs: which one has which number, what came of each, and which is to be shown. */
import { toHex } from '../../core/bytes.ts'
import { assert } from '../../core/result.ts'
import { createRandom } from '../random.ts'
import { shrink } from './shrink.ts'
import type { Target, Verdict } from './target.ts'
import { TARGETS } from './targets.ts'

export interface Finding {
  readonly target: string
  readonly seed: number
  readonly index: number
  /** The input, made as small as it could be. */
  readonly hex: string
  readonly detail: string
}

/** What came of the inputs of one target. */
export interface Tally {
  readonly name: string
  readonly target: Target
  inputs: number
  accepted: number
  readonly refused: Record<string, number>
  readonly failures: Finding[]
}

/** Every one-in-so-many inputs has its work counted. */
const COUNT_EVERY = 32
/** Findings that are made small and shown; more of them say no more. */
const MOST_FINDINGS = 3

const NOTHING = new Uint8Array(0)

/** No inputs yet. The target is the one of this name in the list, if none is given. */
export function startTally(name: string, target: Target | undefined = TARGETS[name]): Tally {
  assert(target !== undefined, 'a target is named as in the list')
  return { name, target, inputs: 0, accepted: 0, refused: {}, failures: [] }
}

/** The input with this number: a function of target, seed and number alone. */
export const inputOf = ({ name, target }: Pick<Tally, 'name' | 'target'>, seed: number, index: number): Uint8Array =>
  target.make(createRandom(seed, `${name} ${index}`))

/** Runs inputs `from` … `to − 1`, or until there are enough findings. */
export function runInputs(tally: Tally, seed: number, from: number, to: number): void {
  const { name, target, failures, refused } = tally
  for (let index = from; index < to && failures.length < MOST_FINDINGS; index++) {
    tally.inputs++
    let bytes: Uint8Array = NOTHING
    const counting = index % COUNT_EVERY === 0
    const outcome = outcomeOf(() => target.judge((bytes = inputOf(tally, seed, index)), counting))
    if (typeof outcome === 'string') {
      const fails = (smaller: Uint8Array): boolean => outcomeOf(() => target.judge(smaller, counting)) === outcome
      const small = shrink(bytes, fails, target.inParts === true)
      failures.push({ target: name, seed, index, hex: toHex(small), detail: outcome })
      continue
    }
    if (outcome.accepted) tally.accepted++
    for (const reason of outcome.refused) refused[reason] = (refused[reason] ?? 0) + 1
  }
}

/** What became of an input, or what was thrown. */
function outcomeOf(judge: () => Verdict): Verdict | string {
  try {
    return judge()
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}

/** Reasons that never occurred though the target had inputs enough. */
export function unreached({ target: { reasons, within }, inputs, refused }: Tally): string[] {
  return inputs < within ? [] : reasons.filter((reason) => refused[reason] === undefined)
}

/** So many inputs, divided among the targets by their shares. */
export function divide(inputs: number): Map<string, number> {
  const all = Object.values(TARGETS).reduce((sum, { share }) => sum + share, 0)
  return new Map(Object.entries(TARGETS).map(([name, { share }]) => [name, Math.ceil((inputs * share) / all)]))
}
