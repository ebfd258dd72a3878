/** The page that a script drives in a browser without a test runner: the same cases as `verifier.contract.ts`. */
import { adversarialSignatures, type JudgedSignature, type Row } from '../core/adversarial-signatures.naive.ts'
import { speccheckVectors, type VectorFiles, wycheproofVectors } from '../core/signature-vectors.naive.ts'
import { casesOf, compareVerifiers } from './verifier-comparison.naive.ts'
import { createVerifier } from './verifier.ts'

/** Generated cases of a row, or published ones. */
export type Cases =
  | { readonly row: Row; readonly seed: number; readonly count: number; readonly pureOfEach: number }
  | { readonly published: 'wycheproof' | 'speccheck'; readonly files: VectorFiles }

export interface Outcome {
  readonly cases: number
  readonly accepted: number
  readonly faults: readonly string[]
  /** Of judging. */
  readonly seconds: number
}

const generated = new Map<string, readonly JudgedSignature[]>()

function casesAsked(asked: Cases): readonly JudgedSignature[] {
  if ('published' in asked) return { wycheproof: wycheproofVectors, speccheck: speccheckVectors }[asked.published](asked.files)
  const { row, seed, count } = asked
  const name = `${seed} ${count}`
  const cases = generated.get(name) ?? adversarialSignatures(seed, count)
  generated.set(name, cases)
  return casesOf(row, cases)
}

export async function judge(asked: Cases): Promise<Outcome> {
  const cases = casesAsked(asked)
  const started = performance.now()
  const tallies = await compareVerifiers(cases, 'row' in asked ? asked.pureOfEach : undefined)
  return {
    cases: tallies.reduce((sum, tally) => sum + tally.cases, 0),
    accepted: tallies.reduce((sum, tally) => sum + tally.accepted, 0),
    faults: tallies.flatMap(({ faults }) => faults),
    seconds: (performance.now() - started) / 1000,
  }
}

/** The verifier that a node here uses. */
export async function chosenPath(): Promise<'native' | 'pure'> {
  return (await createVerifier()).path
}
