/**
 * Where connections come from, as far as a relay can tell. A *subnet* is an IPv4 address, or the /64 of an IPv6 address, since a single
 * device may use all addresses of its /64. A *source* is what the relay takes for one user when it divides something scarce: an IPv4
 * address, or the /48 of an IPv6 address, since a home has 256 /64s or more, and anyone gets a /48 for nothing. Places are divided within
 * a /48, too: among its /56s, which are homes, and in these among their /64s.
 *
 * Neighbours in IPv4 are different sources: each address costs money, and there may be thousands of homes behind the 256 addresses of a
 * /24. Devices behind one NAT or one proxy are one source, and so is everything on the relay's own machine.
 */

/** The subnet of every address on this machine (127.0.0.0/8, ::1). */
export const LOOPBACK = 'loopback'

/** The subnet of all connections of which nothing is known. */
export const UNKNOWN = 'unknown'

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** An address with a port, or in brackets. */
const IPV4_PORT = /^([\d.]{7,15}):\d{1,5}$/
const BRACKETED = /^\[([^\]]{2,64})\](?::\d{1,5})?$/

/**
 * The subnet of an address as text ("192.0.2.1", "2001:db8::1", "fe80::1%eth0", "::ffff:192.0.2.1"). If an address stands for an IPv4
 * address, it has the subnet of that one. Otherwise its owner could choose among many networks (6to4, Teredo), or all of IPv4 would be
 * one source (NAT64, SIIT).
 * @returns null for text that is not an address
 */
export function subnetOf(address: string): string | null {
  if (IPV4.test(address)) return subnetOfIPv4(address)
  const groups = groupsOf(address)
  if (groups === null) return null
  if (startsWith(groups, [0, 0, 0, 0, 0, 0, 0, 1])) return LOOPBACK
  const inner = innerIPv4(groups)
  return inner === null ? written(groups.slice(0, 4), 64) : subnetOfIPv4(inner)
}

/**
 * The subnet that a header names ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP"), with or without a port ("192.0.2.1:5678",
 * "[2001:db8::1]:443"). If the header has a list, the last address counts: the nearest proxy wrote it, and anyone can write the others.
 * @returns null where there is no address
 */
export function subnetInHeader(header: string | null | undefined): string | null {
  const last = header?.split(',').at(-1)?.trim() ?? ''
  const [, address = last] = IPV4_PORT.exec(last) ?? BRACKETED.exec(last) ?? []
  return subnetOf(address)
}

/** The sentence that the operator is told, once, when the header holds no address. */
export const noAddressIn = (header: string): string =>
  `A connection’s header "${header}" holds no address. All such connections count as one source. See ADDRESS_HEADER in docs/relay.md.`

/** The source of a subnet. */
export const sourceOf = (subnet: string): string => networksOf(subnet)[0]!

/** The networks that a subnet is in, from its source to itself. */
export function networksOf(subnet: string): readonly string[] {
  if (!subnet.endsWith('/64')) return [subnet]
  const groups = groupsOf(subnet.slice(0, -'/64'.length))!
  const home = groups.slice(0, 4)
  home[3]! &= 0xff00
  return [written(groups.slice(0, 3), 48), written(home, 56), subnet]
}

/** The IPv4 address that an IPv6 address stands for. */
function innerIPv4(groups: readonly number[]): string | null {
  const [high, low] = groups.slice(6) as [number, number]
  // IPv4-mapped, IPv4-translated (RFC 7915), NAT64 (RFC 6052), and NAT64 of one's own (RFC 8215), if it is a /96 as usual.
  for (const prefix of [
    [0, 0, 0, 0, 0, 0xffff],
    [0, 0, 0, 0, 0xffff, 0],
    [0x64, 0xff9b, 0, 0, 0, 0],
    [0x64, 0xff9b, 1],
  ])
    if (startsWith(groups, prefix)) return dotted(high, low)
  // Teredo: the complement (RFC 4380).
  if (startsWith(groups, [0x2001, 0])) return dotted(high ^ 0xffff, low ^ 0xffff)
  // 6to4 (RFC 3056).
  if (startsWith(groups, [0x2002])) return dotted(groups[1]!, groups[2]!)
  return null
}

function subnetOfIPv4(address: string): string | null {
  const bytes = IPV4.exec(address)!.slice(1).map(Number)
  if (bytes.some((byte) => byte > 255)) return null
  return bytes[0] === 127 ? LOOPBACK : bytes.join('.')
}

const startsWith = (groups: readonly number[], prefix: readonly number[]): boolean => prefix.every((group, i) => groups[i] === group)

const written = (groups: readonly number[], length: number): string => `${groups.map((group) => group.toString(16)).join(':')}::/${length}`

const dotted = (high: number, low: number): string => [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')

/** The eight groups of an IPv6 address; null when the text is none. */
function groupsOf(address: string): number[] | null {
  const halves = withoutIPv4(address.split('%', 1)[0]!).split('::')
  if (halves.length > 2) return null
  const [left, right = []] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]?]
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups.map((group) => parseInt(group, 16)) : null
}

/** "::ffff:192.0.2.1" as "::ffff:c000:201". */
function withoutIPv4(address: string): string {
  return address.replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (_, ...bytes: string[]) => {
    const [a, b, c, d] = bytes.map(Number) as [number, number, number, number]
    return a > 255 || b > 255 || c > 255 || d > 255 ? 'no address' : `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
}
