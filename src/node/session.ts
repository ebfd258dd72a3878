/** Seals and opens frames for this run of a node: with a key pair of its own, by the platform's signatures. */
import { createSealer, type Sealer } from '../net/sealed.ts'
import { type KeyPair, signWith } from './signer.ts'
import { createVerifier, verifyOneBy } from './verifier.ts'

/**
 * The session has a verifier of its own: strangers' sender values must not push authors' keys out of the verifier that checks ops.
 * @param room its genesis id @param pair drawn for this run: its public half is the sender value
 */
export async function createSession(
  room: Uint8Array,
  roomKey: Uint8Array,
  pair: KeyPair,
  isPresent: (sender: string) => boolean,
): Promise<Sealer> {
  return createSealer({
    room,
    roomKey,
    sender: pair.author,
    isPresent,
    sign: (message) => signWith(pair.key, message),
    verify: verifyOneBy(await createVerifier()),
  })
}
