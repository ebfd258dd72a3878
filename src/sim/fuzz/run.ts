/** Runs inputs: which one has which number, what came of each, and which is to be shown. */
import { toHex } from '../../core/bytes.ts'
import { createRandom } from '../random.ts'
import { shrink } from './shrink.ts'
import type { Target } from './target.ts'
import { TARGET_NAMES, TARGETS, type TargetName } from './targets.ts'

export interface Finding {
  readonly target: TargetName
  readonly seed: number
  readonly index: number
  /** The input, made as small as it could be. */
  readonly hex: string
  readonly detail: string
}

/** What came of the inputs of one target. */
export interface Tally {
  readonly name: TargetName
  inputs: number
  accepted: number
  readonly refused: Record<string, number>
  readonly failures: Finding[]
}

/** Every one-in-so-many inputs has its work counted. */
const COUNT_EVERY = 16
/** Findings that are made small and shown; more of them say no more. */
const MOST_FINDINGS = 3

export const startTally = (name: TargetName): Tally => ({ name, inputs: 0, accepted: 0, refused: {}, failures: [] })

/** The input with this number: a function of target, seed and number alone. */
export const inputOf = (name: TargetName, seed: number, index: number): Uint8Array =>
  TARGETS[name].make(createRandom(seed, `${name} ${index}`))

/** Runs inputs `from` … `to − 1`, or until there are enough findings. */
export function runInputs(tally: Tally, seed: number, from: number, to: number): void {
  const { name, failures, refused } = tally
  const target: Target = TARGETS[name]
  for (let index = from; index < to && failures.length < MOST_FINDINGS; index++) {
    tally.inputs++
    const bytes = inputOf(name, seed, index)
    const judge = (input: Uint8Array): ReturnType<Target['judge']> => target.judge(input, index % COUNT_EVERY === 0)
    const outcome = outcomeOf(judge, bytes)
    if (typeof outcome === 'string') {
      const small = shrink(bytes, (smaller) => outcomeOf(judge, smaller) === outcome, target.inParts === true)
      failures.push({ target: name, seed, index, hex: toHex(small), detail: outcome })
      continue
    }
    if (outcome.accepted) tally.accepted++
    for (const reason of outcome.refused) refused[reason] = (refused[reason] ?? 0) + 1
  }
}

/** What became of an input, or what was thrown. */
function outcomeOf(judge: (bytes: Uint8Array) => ReturnType<Target['judge']>, bytes: Uint8Array): ReturnType<Target['judge']> | string {
  try {
    return judge(bytes)
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}

/** Reasons that never occurred though the target had inputs enough. */
export function unreached({ name, inputs, refused }: Tally): string[] {
  const { reasons, within } = TARGETS[name]
  return inputs < within ? [] : reasons.filter((reason) => refused[reason] === undefined)
}

/** So many inputs, divided among the targets by their shares. */
export function divide(inputs: number): Map<TargetName, number> {
  const all = TARGET_NAMES.reduce((sum, name) => sum + TARGETS[name].share, 0)
  return new Map(TARGET_NAMES.map((name) => [name, Math.ceil((inputs * TARGETS[name].share) / all)]))
}
