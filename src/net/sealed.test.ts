import { runSealedContract } from './sealed.contract.ts'

runSealedContract('Node')
