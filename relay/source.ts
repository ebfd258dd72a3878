/**
 * Sources: who a relay takes for one user when it shares out what is scarce. A source is an IPv4 address, or the /64 of an IPv6
 * address, since a single device may use all addresses of its /64. Devices behind one NAT or one proxy are one source, and so is
 * everything on the relay's own machine.
 */

/** The source of every address on this machine (127.0.0.0/8, ::1). */
export const LOOPBACK = 'loopback'

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/**
 * The source of an address as text ("192.0.2.1", "2001:db8::1", "fe80::1%eth0", "::ffff:192.0.2.1"). An address that contains an
 * IPv4 address (IPv4-mapped, 6to4) has the source of that one: its owner could choose among 65,536 networks otherwise.
 * @returns null for text that is not an address
 */
export function sourceOf(address: string): string | null {
  if (IPV4.test(address)) return sourceOfIPv4(address)
  const groups = groupsOf(address)
  if (groups === null) return null
  const [a, b, c] = groups as [number, number, number]
  const isZero = (from: number, to: number): boolean => groups.slice(from, to).every((group) => group === 0)
  if (isZero(0, 7) && groups[7] === 1) return LOOPBACK
  if (isZero(0, 5) && groups[5] === 0xffff) return sourceOfIPv4(dotted(groups[6]!, groups[7]!))
  if (a === 0x2002) return sourceOfIPv4(dotted(b, c))
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/**
 * The source that a header names ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP"). Of a list the last address counts: the
 * nearest proxy wrote it, and anyone can write the others.
 * @returns null where there is no address
 */
export function sourceInHeader(header: string | null | undefined): string | null {
  return sourceOf(header?.split(',').at(-1)?.trim() ?? '')
}

function sourceOfIPv4(address: string): string | null {
  const bytes = IPV4.exec(address)!.slice(1).map(Number)
  if (bytes.some((byte) => byte > 255)) return null
  return bytes[0] === 127 ? LOOPBACK : bytes.join('.')
}

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
