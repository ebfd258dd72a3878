/** The contract of verifying on Chromium's WebCrypto. */
import { runVerifierContract } from './verifier.contract.ts'

runVerifierContract('Chromium')
