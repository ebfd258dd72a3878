/** For tests of the verification rule: published vectors, from the text of their files, with the verdict of the rule of `keys.ts`. */
import type { JudgedSignature } from './adversarial-signatures.naive.ts'
import { fromHex } from './bytes.ts'

/** The text of the files, which whoever has a file system reads. */
export interface VectorFiles {
  /** https://github.com/C2SP/wycheproof, ed25519_test.json */
  readonly wycheproof: string
  /** https://github.com/novifinancial/ed25519-speccheck, cases.json */
  readonly speccheck: string
}

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string }
    readonly tests: readonly { readonly tcId: number; readonly msg: string; readonly sig: string; readonly result: string }[]
  }[]
}

type Speccheck = readonly { readonly message: string; readonly pub_key: string; readonly signature: string }[]

/** Of the twelve edge cases of Chalkias et al., "Taming the many EdDSAs" (SSR 2020), the one that our rule accepts. */
const ACCEPTED_EDGE = 3

/** Project Wycheproof: 151 cases, valid or not as the file says. @throws SyntaxError for what is no JSON */
export function wycheproofVectors({ wycheproof }: VectorFiles): JudgedSignature[] {
  const { testGroups } = JSON.parse(wycheproof) as Wycheproof
  return testGroups.flatMap(({ publicKey: { pk }, tests }) =>
    tests.map(({ tcId, msg, sig, result }) => judged(`Wycheproof ${tcId}`, msg, pk, sig, result === 'valid')),
  )
}

/** ed25519-speccheck: 12 cases. @throws SyntaxError for what is no JSON */
export function speccheckVectors({ speccheck }: VectorFiles): JudgedSignature[] {
  const cases = JSON.parse(speccheck) as Speccheck
  return cases.map(({ message, pub_key, signature }, i) => judged(`speccheck ${i}`, message, pub_key, signature, i === ACCEPTED_EDGE))
}

function judged(kind: string, message: string, author: string, signature: string, valid: boolean): JudgedSignature {
  return { kind, message: fromHex(message)!, author: fromHex(author)!, signature: fromHex(signature)!, valid }
}
