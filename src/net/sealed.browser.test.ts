import { runSealedContract } from './sealed.contract.ts'

runSealedContract('Chromium')
