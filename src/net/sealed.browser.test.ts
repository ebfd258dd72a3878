/** The contract of sealing on Chromium's WebCrypto. */
import { runSealedContract } from './sealed.contract.ts'

runSealedContract('Chromium')
