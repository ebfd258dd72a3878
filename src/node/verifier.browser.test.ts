/** The contract of verifying on Chromium's WebCrypto. */
import { runVerifierContract } from './verifier.contract.ts'

/** Of each kind; each pair of torsions is among them. The pure path is the same code as in Node, where more of them are judged. */
const PURE_CASES = 64

runVerifierContract('Chromium', PURE_CASES)
