/**
 * Values that are derived from a room's link: its relay name, and the key of its frames (RFC 5869, HKDF with SHA-256). The relay gets the
 * relay name, and can derive nothing else from it.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { toBase64url } from '../core/bytes.ts'
import { DOMAIN } from '../core/domains.ts'

/** Long enough that nobody can guess a relay name. So nobody without the link can even count the participants of a room. */
const RELAY_NAME_BYTES = 16

const KEY_BYTES = 32

export interface RoomKeys {
  /** base64url, 22 letters. */
  readonly relayName: string
  /** 32 bytes. */
  readonly roomKey: Uint8Array
}

/** @param secret the link's 32 random bytes @param genesis the id of the room's genesis op */
export function deriveRoom(secret: Uint8Array, genesis: Uint8Array): RoomKeys {
  return {
    relayName: toBase64url(hkdf(sha256, secret, genesis, utf8ToBytes(DOMAIN.relayName), RELAY_NAME_BYTES)),
    roomKey: hkdf(sha256, secret, genesis, utf8ToBytes(DOMAIN.roomKey), KEY_BYTES),
  }
}

/** The AES-256 key of all frames that one sender value seals. */
export function deriveSenderKey(roomKey: Uint8Array, sender: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdf(sha256, roomKey, sender, utf8ToBytes(DOMAIN.senderKey), KEY_BYTES))
}
