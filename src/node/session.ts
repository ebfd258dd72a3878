/** Sealing and opening as this run of a node: under a key pair of its own, by the platform's signatures. */
import { createSealer, type Sealer } from '../net/sealed.ts'
import { type KeyPair, signWith } from './signer.ts'
import type { Verifier } from './verifier.ts'

/** @param room its genesis id @param pair drawn for this run: its public half is the sender value */
export const createSession = (room: Uint8Array, roomKey: Uint8Array, pair: KeyPair, verifier: Verifier): Promise<Sealer> =>
  createSealer({
    room,
    roomKey,
    sender: pair.author,
    sign: (message) => signWith(pair.key, message),
    verify: async (claim) => (await verifier.verify([claim]))[0] === true,
  })
