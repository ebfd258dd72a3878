/**
 * The description that one side of a WebRTC connection gives the other: the few fields of a session description (RFC 8866) that differ
 * between connections. A browser's own description is read here. The other side's description is written here from checked fields, so no
 * text of another node reaches a browser's parser.
 */
import { toHex } from '../../core/bytes.ts'
import { candidatesToSay } from './candidate.ts'

/** Bytes of the fingerprint of a certificate in DTLS: its SHA-256. */
export const FINGERPRINT_BYTES = 32

/** RFC 8839 §5.4 allows 4 … 256 and 22 … 256 letters; browsers use 4 and 22 to 24, Firefox 8 and 32. */
const UFRAG = /^[A-Za-z0-9+/]{4,64}$/
const PASSWORD = /^[A-Za-z0-9+/]{22,64}$/

/** DTLS roles (RFC 8842): an offer leaves them open, an answer takes one. */
const SETUPS = ['actpass', 'active', 'passive'] as const
export type Setup = (typeof SETUPS)[number]

export interface Description {
  readonly type: 'offer' | 'answer'
  readonly ufrag: string
  readonly password: string
  /** SHA-256 of the certificate that the other end of the DTLS connection must show. */
  readonly fingerprint: Uint8Array
  readonly setup: Setup
  /** Candidates in their text form (`candidate.ts`), MAX_CANDIDATES at most: those that were found by then. */
  readonly candidates: readonly string[]
}

export const isUfrag = (text: unknown): text is string => typeof text === 'string' && UFRAG.test(text)
export const isPassword = (text: unknown): text is string => typeof text === 'string' && PASSWORD.test(text)
export const isSetup = (text: unknown): text is Setup => SETUPS.includes(text as Setup)

/** The description in a browser's own session description, data channels only; null when a field is missing. */
export function readSdp(type: 'offer' | 'answer', sdp: string): Description | null {
  const lines = sdp.split(/\r?\n/)
  const valueOf = (name: string): string | undefined => lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3)
  const [ufrag, password, setup] = [valueOf('ice-ufrag'), valueOf('ice-pwd'), valueOf('setup')]
  const fingerprint = readFingerprint(lines)
  if (!isUfrag(ufrag) || !isPassword(password) || !isSetup(setup) || fingerprint === null) return null
  const found = lines.filter((line) => line.startsWith('a=candidate:')).map((line) => line.slice(2).trim())
  return { type, ufrag, password, fingerprint, setup, candidates: candidatesToSay(found) }
}

function readFingerprint(lines: readonly string[]): Uint8Array | null {
  const digits = lines.map((line) => /^a=fingerprint:sha-256 ([0-9A-F:]{95})$/i.exec(line.trim())?.[1]).find((found) => found !== undefined)
  const bytes = digits?.split(':').map((pair) => Number.parseInt(pair, 16))
  return bytes?.length === FINGERPRINT_BYTES && bytes.every((byte) => byte >= 0 && byte <= 255) ? Uint8Array.from(bytes) : null
}

/** The session description that a browser is given for the other side. The other side describes itself once. */
export function writeSdp({ ufrag, password, fingerprint, setup, candidates }: Description): string {
  const digits = toHex(fingerprint).toUpperCase().match(/../g)!.join(':')
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...candidates.map((candidate) => `a=${candidate}`),
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${digits}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ]
  return `${lines.join('\r\n')}\r\n`
}
