/**
 * What every verifier promises: the verdicts of the rule in `core/keys.ts`, whatever the platform. Run on each of them; Firefox
 * is asked the same by `.scripts/firefox.mjs`.
 */
import { describe, expect, inject, test } from 'vitest'
import { adversarialSignatures, type JudgedSignature, KINDS, type Row } from '../core/adversarial-signatures.naive.ts'
import { speccheckVectors, type VectorFiles, wycheproofVectors } from '../core/signature-vectors.naive.ts'
import { casesOf, compareVerifiers } from './verifier-comparison.naive.ts'
import { createVerifier } from './verifier.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Provided by vite.config.ts; null when there is no DATA_DIR. */
    signatureVectors: VectorFiles | null
  }
}

const SEED = 1

/** ms. Beyond any machine's need: a tenth of it is usual. */
const TIMEOUT = 300_000

/**
 * @param count how many cases are generated, over all rows
 * @param pureOfEach how many cases of each kind the pure path judges too
 */
export function runVerifierContract(where: string, { count, pureOfEach }: { count: number; pureOfEach: number }): void {
  const vectors = inject('signatureVectors')
  let generated: readonly JudgedSignature[] | null = null

  describe(`native and pure in ${where}`, () => {
    test.each<[name: string, row: Row]>([
      ['A2 agree on signatures that are changed, cut, or noise', 'A2'],
      ['A3 agree on signatures beside another key', 'A3'],
      ['A4 agree on keys with torsion, of small order, not canonical, on no curve', 'A4'],
      ['A5 agree on every multiple of L added to S, and at the edges', 'A5'],
      ['A6 agree on R with torsion, of small order, not canonical, on no curve', 'A6'],
    ])('%s', { timeout: TIMEOUT }, async (_, row) => {
      generated ??= adversarialSignatures(SEED, count)
      const tallies = await compareVerifiers(casesOf(row, generated), pureOfEach)
      expect(tallies.flatMap(({ faults }) => faults)).toEqual([])
      const kinds = KINDS.filter((kind) => kind.row === row)
      expect(tallies.map(({ kind }) => kind)).toEqual(kinds.map(({ name }) => name))
      for (const [i, { cases, accepted }] of tallies.entries()) {
        expect(cases).toBeGreaterThanOrEqual(Math.floor(count / KINDS.length))
        expect(accepted).toBe(kinds[i]!.valid ? cases : 0)
      }
    })

    test.skipIf(vectors === null)('A4 A5 A6 judge all Wycheproof vectors as they say (needs DATA_DIR)', async () => {
      const tallies = await compareVerifiers(wycheproofVectors(vectors!))
      expect(tallies.flatMap(({ faults }) => faults)).toEqual([])
      expect(tallies.length).toBe(151)
    })

    test.skipIf(vectors === null)(
      'A4 A5 A6 accept number 3 alone of the twelve edge cases of "Taming the many EdDSAs" (needs DATA_DIR)',
      async () => {
        const tallies = await compareVerifiers(speccheckVectors(vectors!))
        expect(tallies.flatMap(({ faults }) => faults)).toEqual([])
        expect(tallies.flatMap(({ kind, accepted }) => (accepted > 0 ? [kind] : []))).toEqual(['speccheck 3'])
        expect(tallies.length).toBe(12)
      },
    )

    test('A6 the platform passes the test at the start, so it is used', async () => {
      expect((await createVerifier()).path).toBe('native')
    })
  })
}
