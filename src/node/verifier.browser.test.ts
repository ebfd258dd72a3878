/** The contract of verifying on Chromium's WebCrypto. */
import { KINDS } from '../core/adversarial-signatures.naive.ts'
import { runVerifierContract } from './verifier.contract.ts'

/** Each of the 196 pairs of small order is among so many of each kind. */
const OF_EACH = 196
/** Each pair of torsions is among so many. The pure path is the same code as in Node, which judges all of them by it. */
const PURE_OF_EACH = 64

runVerifierContract('Chromium', { count: OF_EACH * KINDS.length, pureOfEach: PURE_OF_EACH })
