/**
 * UTF-8 without a platform, strict both ways (RFC 3629): text or bytes that are not well-formed have no encoding, and nothing is ever
 * replaced by U+FFFD. So no two texts share an encoding, and no two encodings share a text.
 */

/** UTF-8 of a text; null when it holds a lone surrogate. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> | null {
  const out = new Uint8Array(utf8Length(text))
  let at = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x80) {
      out[at++] = code
      continue
    }
    if (code < 0x800) {
      out[at++] = 0xc0 | (code >> 6)
      out[at++] = 0x80 | (code & 63)
      continue
    }
    if (code >= 0xd800 && code < 0xe000) {
      const low = text.charCodeAt(i + 1)
      if (code >= 0xdc00 || !(low >= 0xdc00 && low < 0xe000)) return null
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      i++
      out[at++] = 0xf0 | (code >> 18)
      out[at++] = 0x80 | ((code >> 12) & 63)
    } else {
      out[at++] = 0xe0 | (code >> 12)
    }
    out[at++] = 0x80 | ((code >> 6) & 63)
    out[at++] = 0x80 | (code & 63)
  }
  return out
}

/** Bytes of a well-formed text. For a text with a lone surrogate: at least as many bytes as are written before the surrogate is reached. */
function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // A surrogate is one half of four bytes.
    if (code >= 0x800 && (code < 0xd800 || code >= 0xe000)) length += 2
    else if (code >= 0x80) length += 1
  }
  return length
}

/** Whether bytes `from` … `to − 1` are well-formed UTF-8 (Unicode table 3-7: no overlong forms, no surrogates, nothing past U+10FFFF). */
export function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to) {
    const first = bytes[at++]!
    if (first < 0x80) continue
    // How many bytes follow the first one, and the range of the second one, which alone excludes every bad form.
    let more = 0
    let least = 0x80
    let most = 0xbf
    if (first >= 0xc2 && first <= 0xdf) more = 1
    else if (first >= 0xe0 && first <= 0xef) {
      more = 2
      if (first === 0xe0) least = 0xa0
      else if (first === 0xed) most = 0x9f
    } else if (first >= 0xf0 && first <= 0xf4) {
      more = 3
      if (first === 0xf0) least = 0x90
      else if (first === 0xf4) most = 0x8f
    } else return false
    if (at + more > to) return false
    const second = bytes[at++]!
    if (second < least || second > most) return false
    for (; more > 1; more--) if ((bytes[at++]! & 0xc0) !== 0x80) return false
  }
  return true
}

/** Code units turned into text at once: as many arguments as every engine takes. */
const CHUNK = 4096

/** The text of bytes `from` … `to − 1`; null when they are not well-formed. */
export function decodeUtf8(bytes: Uint8Array, from: number, to: number): string | null {
  if (!isUtf8(bytes, from, to)) return null
  let text = ''
  let units: number[] = []
  for (let at = from; at < to;) {
    const first = bytes[at++]!
    if (first < 0x80) units.push(first)
    else if (first < 0xe0) units.push(((first & 31) << 6) | (bytes[at++]! & 63))
    else if (first < 0xf0) units.push(((first & 15) << 12) | ((bytes[at++]! & 63) << 6) | (bytes[at++]! & 63))
    else {
      const code = ((first & 7) << 18) | ((bytes[at++]! & 63) << 12) | ((bytes[at++]! & 63) << 6) | (bytes[at++]! & 63)
      units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff))
    }
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units)
      units = []
    }
  }
  return text + String.fromCharCode(...units)
}
