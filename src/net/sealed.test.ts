/** The contract of sealing on Node's WebCrypto. */
import { runSealedContract } from './sealed.contract.ts'

runSealedContract('Node')
