/**
 * Candidates (RFC 8839, 5.1): an address at which one side of a WebRTC connection can perhaps be reached. The other side's browser sends
 * packets to it before anyone there has agreed, so the writer of a candidate chooses where our packets go. Therefore only addresses are
 * accepted that an honest tab may have: UDP, a port from 1,024 on, a unicast address that is not loopback, or a browser's mDNS name.
 *
 * Private addresses are accepted, since two devices in one network meet by them: browsers name them instead of an mDNS name when the page may
 * use a camera or a microphone, and Firefox does in some settings. The number and rate of attempts (`attempts.ts`) bound what is sent there.
 *
 * A candidate has one text form, made of checked fields: `isCandidate` is true for exactly the texts that `writeCandidate` gives.
 * `readCandidate` reads what browsers write, which is longer.
 */

/**
 * The first is an own address; the second was seen by a STUN server; the third is lent by a TURN server. Browsers never write the fourth
 * type, "prflx".
 */
export type CandidateType = 'host' | 'srflx' | 'relay'

export interface Candidate {
  readonly foundation: string
  readonly priority: number
  /** An IPv4 or IPv6 address, or a browser's mDNS name; lower case. */
  readonly address: string
  readonly port: number
  readonly type: CandidateType
}

/**
 * Ports below this are refused: browsers and NATs give ports from 1,024 on (RFC 4787 REQ-3). Below it are DNS, NTP, SNMP and others, to
 * which an attacker may want packets to go.
 */
const LEAST_PORT = 1_024
const LAST_PORT = 65_535

/** RFC 8839: a foundation has at most 32 characters, a priority is below 2^31. The longest text of an address has 42, a name. */
const CANDIDATE =
  /^candidate:([A-Za-z0-9+/]{1,32}) 1 udp ([1-9]\d{0,9}) ([0-9a-z.:-]{2,42}) ([1-9]\d{3,4}) typ (host|srflx|relay)(?: [ -~]{0,200})?$/i
const LAST_PRIORITY = 2 ** 31 - 1

/** The name that browsers write instead of an own address (draft-ietf-mmusic-mdns-ice-candidates). No other name is looked up. */
const MDNS_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.local$/

/** Reads a candidate that a browser or a peer wrote; null when it is none, or names an address that no honest tab has. Total. */
export function readCandidate(text: string): Candidate | null {
  const [, foundation, priority, address, port, type] = CANDIDATE.exec(text) ?? []
  if (foundation === undefined || priority === undefined || address === undefined) return null
  const candidate: Candidate = {
    foundation,
    priority: Number(priority),
    address: address.toLowerCase(),
    port: Number(port),
    type: type!.toLowerCase() as CandidateType,
  }
  if (candidate.priority > LAST_PRIORITY || candidate.port < LEAST_PORT || candidate.port > LAST_PORT) return null
  return isTabsAddress(candidate.address) ? candidate : null
}

/** The one text form. Firefox requires a related address for some types; it is always written as 0.0.0.0, so that it tells nothing. */
export function writeCandidate({ foundation, priority, address, port, type }: Candidate): string {
  const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 0'
  return `candidate:${foundation} 1 udp ${priority} ${address} ${port} typ ${type}${related}`
}

/** Whether this is the text form of a candidate. Total. */
export function isCandidate(text: unknown): text is string {
  const candidate = typeof text === 'string' ? readCandidate(text) : null
  return candidate !== null && writeCandidate(candidate) === text
}

/**
 * Candidates of one connection, in its description and after it: a tab has a few networks with an address or two each, and the addresses
 * that servers saw. More would only be more addresses to send packets to.
 */
export const MAX_CANDIDATES = 8
/** Own addresses that a tab tells at most. So addresses that servers saw have space: a machine with containers has many networks. */
const HOST_SAID = 5

/** The candidates to tell, of those that this browser found: in its order, in text form, each once. */
export function candidatesToSay(found: readonly string[]): string[] {
  const said = new Set<string>()
  let ofHost = 0
  for (const text of found) {
    const candidate = readCandidate(text)
    if (candidate === null || said.size === MAX_CANDIDATES) continue
    const form = writeCandidate(candidate)
    if (said.has(form) || (candidate.type === 'host' && ++ofHost > HOST_SAID)) continue
    said.add(form)
  }
  return [...said]
}

/** Whether an honest tab may have this address. Total. */
function isTabsAddress(address: string): boolean {
  if (MDNS_NAME.test(address)) return true
  const four = ipv4Of(address)
  if (four !== null) return isUnicast4(four)
  const six = ipv6Of(address)
  return six !== null && isUnicast6(six)
}

/**
 * Refused: 0/8 "this host", 127/8 loopback, 169.254/16 link-local (of a tab without any other address; its mDNS name serves there, and
 * 169.254.169.254 tells cloud machines their secrets), 224/4 multicast, and 240/4, which ends in the broadcast address.
 */
function isUnicast4([a = 0, b = 0]: readonly number[]): boolean {
  return a !== 0 && a !== 127 && !(a === 169 && b === 254) && a < 224
}

/**
 * Taken: global unicast 2000::/3, and fc00::/7 of private networks. So everything else is refused: unspecified, loopback, link-local,
 * multicast, and IPv4 in IPv6 (mapped, compatible, NAT64). Within 2000::/3, the tunnels 2001::/32 (Teredo) and 2002::/16 (6to4) name an
 * IPv4 address too, whichever it is.
 */
function isUnicast6([a = 0, b = 0]: readonly number[]): boolean {
  const isGlobal = a >> 13 === 1 && a !== 0x2002 && !(a === 0x2001 && b === 0)
  return isGlobal || a >> 9 === 0xfc >> 1
}

/** The four numbers of an IPv4 address; null when it is none. A leading zero is octal to some. */
function ipv4Of(text: string): readonly number[] | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return null
  const numbers = parts.map(Number)
  return numbers.every((number) => number <= 255) ? numbers : null
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2, forms 1 and 2: without dots); null when it is none. */
function ipv6Of(text: string): readonly number[] | null {
  const [before = '', after, ...more] = text.split('::')
  if (more.length > 0 || !text.includes(':')) return null
  const [left, right] = [before, after ?? ''].map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]]
  const missing = 8 - left.length - right.length
  // "::" stands for at least one group.
  if (after === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? groups.map((group) => Number.parseInt(group, 16)) : null
}
