/**
 * Harm to CBOR that knows its structure (RFC 8949 §3): canonical bytes are taken apart into heads and what follows them, and
 * put together again with heads that are too wide, lie, or mean something else, and items dropped, repeated, swapped or nested.
 */
import { concatBytes } from '../../core/bytes.ts'
import { checkValue, MAJOR } from '../../core/cbor.ts'
import { MAX_NESTING } from '../../core/limits.ts'
import type { Random } from '../random.ts'

/** A data item. `content` is what follows the head: bytes, or items (keys and values in turn). */
interface Item {
  readonly head: Uint8Array
  readonly content: Uint8Array | readonly Item[]
}

const NOTHING = new Uint8Array(0)
const NULL = Uint8Array.of(0xf6)

// — apart and together —————————————————————————————————————————————————————————————————————————————————————

/** Bytes of the argument after a head's first byte. */
const widthOf = (first: number): number => ((first & 31) < 24 ? 0 : 1 << ((first & 31) - 24))

/** The item at the beginning of canonical bytes, and where it ends. */
function readItem(bytes: Uint8Array, at: number): { readonly item: Item; readonly end: number } {
  const first = bytes[at]!
  const start = at + 1 + widthOf(first)
  const head = bytes.subarray(at, start)
  let argument = head.length === 1 ? first & 31 : 0
  for (const byte of head.subarray(1)) argument = argument * 0x100 + byte
  const major = first >> 5
  if (major === MAJOR.bytes || major === MAJOR.text) {
    return { item: { head, content: bytes.subarray(start, start + argument) }, end: start + argument }
  }
  if (major !== MAJOR.array && major !== MAJOR.map) return { item: { head, content: NOTHING }, end: start }
  const content: Item[] = []
  let end = start
  for (let left = major === MAJOR.map ? 2 * argument : argument; left > 0; left--) {
    const next = readItem(bytes, end)
    content.push(next.item)
    end = next.end
  }
  return { item: { head, content }, end }
}

function partsOf({ head, content }: Item, out: Uint8Array[]): Uint8Array[] {
  out.push(head)
  if (content instanceof Uint8Array) out.push(content)
  else for (const item of content) partsOf(item, out)
  return out
}

/** A head whose argument takes `width` bytes (0, 1, 2, 4, 8), whether it fits or could be shorter. */
function headOf(major: number, argument: bigint, width: number): Uint8Array {
  const head = new Uint8Array(1 + width)
  head[0] = (major << 5) | (width === 0 ? Number(argument & 31n) : 24 + Math.log2(width))
  for (let i = width; i > 0; i--) head[i] = Number((argument >> BigInt(8 * (width - i))) & 0xffn)
  return head
}

const shortest = (argument: number): number => (argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : 4)

/** The head that says truly how much follows. */
const trueHead = (major: number, content: Item['content']): Uint8Array => {
  const length = major === MAJOR.map ? content.length >> 1 : content.length
  return headOf(major, BigInt(length), shortest(length))
}

const majorOf = ({ head }: Item): number => head[0]! >> 5

const argumentOf = ({ head }: Item): bigint => {
  if (head.length === 1) return BigInt(head[0]! & 31)
  let argument = 0n
  for (const byte of head.subarray(1)) argument = (argument << 8n) | BigInt(byte)
  return argument
}

// — bending ————————————————————————————————————————————————————————————————————————————————————————————————

const EDGE_ARGUMENTS = [
  0n,
  1n,
  23n,
  24n,
  32n,
  33n,
  255n,
  256n,
  65_535n,
  65_536n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 64n - 1n,
]

/** Items that no canonical encoding holds, and a few that any does. */
const ODD = [
  'f7',
  'f0',
  'f8ff',
  'f97e00',
  'f93c00',
  'fa7fc00000',
  'fb7ff8000000000000',
  'fb8000000000000000',
  'fb3ff0000000000000',
  'fb7ff0000000000000',
  'fb3fb999999999999a',
  'c0f6',
  'd8182a',
  '9fff',
  '5fff',
  'bf',
  'ff',
  '1c',
  'fc',
  'a2616101616102',
  'a2616201616102',
  'a10102',
  'a1616101',
  '6161',
  '80',
  'a0',
  'f4',
  'f5',
  'f6',
  '40',
].map((hex) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16)))

/** Texts that are not well-formed UTF-8, and some at the edge. */
const ODD_TEXTS = [
  'ff',
  'c0af',
  'e08080',
  'e09fbf',
  'f0808080',
  'c1bf',
  'eda080',
  'edbfbf',
  'f4908080',
  'f08fbfbf',
  'e282',
  '80',
  'efbfbd',
  '00',
  'efbbbf',
  'f48fbfbf',
  'ed9fbf',
  'c3a9',
].map((hex) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16)))

/**
 * Canonical bytes of one value with one to three of its items bent; `other` are canonical bytes that items are taken from. Bytes
 * that are not canonical are given back as they are.
 */
export function bendCbor(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  if (!isCanonical(bytes)) return bytes
  let { item } = readItem(bytes, 0)
  const strange = isCanonical(other) ? readItem(other, 0).item : item
  for (let bends = 1 + random.below(3); bends > 0; bends--) item = bendSomewhere(random, item, strange)
  return concatBytes(partsOf(item, []))
}

/** Of a value, or of an op, whose body is one level down. */
const isCanonical = (bytes: Uint8Array): boolean => checkValue(bytes, 0, bytes.length, MAX_NESTING + 1) === null

/** Bends this item or, more likely, one inside it. */
function bendSomewhere(random: Random, item: Item, strange: Item): Item {
  const { head, content } = item
  if (content instanceof Uint8Array || content.length === 0 || random.chance(0.25)) return bendItem(random, item, strange)
  const at = random.below(content.length)
  return { head, content: content.with(at, bendSomewhere(random, content[at]!, strange)) }
}

const raw = (bytes: Uint8Array): Item => ({ head: bytes, content: NOTHING })

function bendItem(random: Random, item: Item, strange: Item): Item {
  const { content } = item
  const major = majorOf(item)
  if (item.head.length <= 9 && random.chance(0.4)) return bendHead(random, item)
  if (random.chance(0.2)) return random.pick([raw(random.pick(ODD)), raw(NULL), someOf(random, strange)])
  if (random.chance(0.1)) return nested(item, random.pick([1, 2, 31, 32, 33, 34, 3_000]))
  if (content instanceof Uint8Array) {
    const odd = major === MAJOR.text ? random.pick(ODD_TEXTS) : random.bytes(random.pick([1, 31, 32, 33, 64]))
    const bent = random.pick([odd, concatBytes([content, odd]), content.subarray(1), content.subarray(0, random.below(content.length + 1))])
    return { head: trueHead(major, bent), content: bent }
  }
  const items = bendItems(random, content, strange)
  return { head: random.chance(0.8) ? trueHead(major, items) : item.head, content: items }
}

function bendHead(random: Random, item: Item): Item {
  const { content } = item
  const argument = argumentOf(item)
  const width = item.head.length - 1
  switch (random.below(5)) {
    case 0:
      return { head: headOf(majorOf(item), argument, Math.min(8, Math.max(1, 2 * width))), content }
    case 1:
      return { head: headOf(majorOf(item), argument + random.pick([-1n, 1n, 2n, 1_000n]), width), content }
    case 2:
      return { head: headOf(majorOf(item), random.pick(EDGE_ARGUMENTS), random.pick([1, 2, 4, 8])), content }
    case 3:
      return { head: headOf(random.below(8), argument, width), content }
    default:
      return { head: Uint8Array.of((majorOf(item) << 5) | random.pick([0, 23, 24, 28, 30, 31])), content }
  }
}

function bendItems(random: Random, items: readonly Item[], strange: Item): readonly Item[] {
  const at = random.below(items.length + 1)
  const other = random.below(items.length + 1)
  switch (random.below(5)) {
    case 0:
      return items.toSpliced(at, 1)
    case 1:
      return [...items.slice(0, at), ...items.slice(other, other + 2), ...items.slice(at)]
    case 2:
      return items.toSpliced(at, 0, someOf(random, strange))
    case 3:
      return items[at] === undefined || items[other] === undefined ? items : items.with(at, items[other]).with(other, items[at])
    default:
      return [...items, raw(NULL)]
  }
}

/** The item, or one inside it. */
function someOf(random: Random, item: Item): Item {
  const { content } = item
  return content instanceof Uint8Array || content.length === 0 || random.chance(0.3) ? item : someOf(random, random.pick(content))
}

/** The item inside so many arrays of one. */
const nested = (item: Item, times: number): Item => ({ head: new Uint8Array(times).fill(0x81), content: [item] })
