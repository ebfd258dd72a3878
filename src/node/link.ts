/** A room's link: the fragment holds the genesis id and the room's secret, 64 bytes in base64url; no server ever sees it. */
import { fromBase64url, concatBytes, toBase64url } from '../core/bytes.ts'
import { asOpId, type OpId } from '../core/op.ts'
import { findLink } from '../core/room-link.ts'
import type { Identity } from '../store/store.ts'

export interface RoomLink {
  readonly genesis: OpId
  /** 32 random bytes, shared by all who hold the link. */
  readonly secret: Uint8Array
}

/** The link of the room that a node is in. */
export const linkOf = ({ genesis, secret }: Pick<Identity, 'genesis' | 'secret'>): RoomLink => ({ genesis: asOpId(genesis), secret })

/** The fragment, without "#". */
export const formatLink = ({ genesis, secret }: RoomLink): string => toBase64url(concatBytes([genesis, secret]))

/** Reads the first link in a text, with or without an invitation behind a point; null when there is none. */
export function parseLink(text: string): RoomLink | null {
  const [link = ''] = findLink(text)?.fragment.split('.') ?? []
  const bytes = fromBase64url(link)
  if (bytes?.length !== 64) return null
  return { genesis: asOpId(bytes.slice(0, 32)), secret: bytes.slice(32) }
}
