/**
 * A room's link: the fragment holds the genesis id and the room's secret, 64 bytes in base64url. Browsers do not send it to a server. The
 * page's code can read it.
 */
import { fromBase64url, concatBytes, toBase64url, toHex } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import { asOpId, type OpId } from '../core/op.ts'
import { findLink } from '../core/room-link.ts'
import type { Identity } from '../store/store.ts'
import type { Hex } from './views.ts'

export interface RoomLink {
  readonly genesis: OpId
  /** 32 random bytes, shared by all who hold the link. */
  readonly secret: Uint8Array
}

/** The link of a node's room. */
export const linkOf = ({ genesis, secret }: Pick<Identity, 'genesis' | 'secret'>): RoomLink => ({ genesis: asOpId(genesis), secret })

/** The fragment, without "#". */
export const formatLink = ({ genesis, secret }: RoomLink): string => toBase64url(concatBytes([genesis, secret]))

/**
 * Names a link without revealing it: the first half of its SHA-256. A genesis is not enough to name a room: anyone can write another
 * secret beside it.
 */
export const linkId = (link: string): Hex => toHex(sha256(new TextEncoder().encode(link)).subarray(0, 16))

/** Reads the first link in a text, with or without an invitation after a point; null when there is none. */
export function parseLink(text: string): RoomLink | null {
  const [link = ''] = findLink(text)?.fragment.split('.') ?? []
  const bytes = fromBase64url(link)
  if (bytes?.length !== 64) return null
  return { genesis: asOpId(bytes.slice(0, 32)), secret: bytes.slice(32) }
}
