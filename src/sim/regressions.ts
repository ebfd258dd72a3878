/**
 * Plans that once failed: each bug that worlds have shown is named here, so that it cannot come back unseen. To add one: the
 * sentence that was not true, and the plan that `npm run sim` printed as the smaller one. Those of bugs that were mended before
 * this list was there come from putting the old line back.
 */
import type { Plan } from './plan.ts'

export interface Regression {
  /** What holds now, as a sentence. */
  readonly name: string
  readonly plan: Plan
}

/** Nothing lost, repeated, tampered with, and all clocks right. */
const FAIR = { real: false, lost: 0, repeated: 0, tampered: 0, skew: 0 }

export const REGRESSIONS: readonly Regression[] = [
  {
    name: 'strangers who keep coming do not keep a peer that failed once from its next turn',
    plan: {
      ...FAIR,
      scenario: 'random',
      seed: 34,
      nodes: 3,
      ops: 5,
      storm: 2_000,
      domains: [[2, 1, 0]],
      delay: { least: 0, most: 600 },
      strategies: ['poser'],
      acts: 3,
      faults: [{ type: 'flap', at: 389, until: 1_952, node: 0, every: 50 }],
    },
  },
  {
    name: 'an answer that ends while its last units are still being verified is held against nobody',
    plan: {
      ...FAIR,
      scenario: 'random',
      seed: 0,
      nodes: 3,
      ops: 0,
      storm: 4_000,
      domains: [[0], [0, 2, 1]],
      delay: { least: 1, most: 21 },
      strategies: [],
      acts: 1,
      faults: [],
    },
  },
  {
    name: 'nodes that can say little of what they hold, and are answered little at a time, still come to the end of it',
    plan: {
      scenario: 'random',
      seed: 87,
      nodes: 4,
      ops: 169,
      storm: 4000,
      real: false,
      domains: [[2, 1, 0, 3]],
      delay: { least: 5, most: 25 },
      lost: 0.017087970627471805,
      repeated: 0.007921196648385375,
      tampered: 0.019331937923561783,
      skew: 0.001,
      strategies: ['sybils', 'back-dater', 'colluder'],
      acts: 5,
      faults: [{ type: 'flap', at: 721, until: 3073, node: 3, every: 50 }],
      limits: { heads: 4, newestHeads: 4, tips: 4, newestTips: 2, sparseTips: 1, parts: 4, serveBytes: 2000, bundleOps: 4, wholeFrom: 256 },
    },
  },
  {
    name: 'what never was is not asked for again and again before what is missing and there',
    plan: {
      scenario: 'random',
      seed: 40147,
      nodes: 2,
      ops: 170,
      storm: 2000,
      real: false,
      domains: [[1, 0]],
      delay: { least: 1, most: 101 },
      lost: 0.027784183248877527,
      repeated: 0.11996822742512449,
      tampered: 0.04506596733117477,
      skew: 0.1,
      strategies: ['withholder', 'poser', 'back-dater', 'bomber', 'sybils'],
      acts: 23,
      faults: [{ type: 'cut', at: 1121, until: 1784, from: [0], to: [1] }],
      limits: { heads: 2, newestHeads: 2, tips: 1, newestTips: 1, sparseTips: 2, parts: 1, serveBytes: 1000, bundleOps: 2, wholeFrom: 1 },
    },
  },
  {
    name: 'a node whose latest op is lost everywhere writes again, though only peers that never wrote answer it',
    plan: {
      ...FAIR,
      scenario: 'random',
      seed: 3_000_192,
      nodes: 2,
      ops: 10,
      storm: 6_000,
      domains: [[1, 0]],
      delay: { least: 1, most: 3 },
      strategies: [],
      acts: 1,
      faults: [
        { type: 'flip', at: 1_086, until: 5_713, node: 1 },
        { type: 'amnesia', at: 1_968, until: 3_527, node: 0 },
      ],
    },
  },
  {
    name: 'heads that another message of their sender overtook are told again, and heard',
    plan: {
      scenario: 'faulty',
      seed: 21_009_065,
      nodes: 7,
      ops: 170,
      storm: 4_000,
      real: false,
      domains: [
        [5, 1],
        [1, 3, 2, 6, 0, 4],
      ],
      delay: { least: 0, most: 20 },
      lost: 0.03974175397306681,
      repeated: 0.04899810771457851,
      tampered: 0.042363091919105506,
      skew: 0.1,
      strategies: [],
      acts: 1,
      faults: [
        { type: 'cut', at: 1_444, until: 2_698, from: [1, 4, 3, 6, 0], to: [2, 5] },
        { type: 'crash', at: 2_987, until: 3_615, node: 0 },
      ],
    },
  },
]
