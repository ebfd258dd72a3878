/**
 * Harm to a bundle that knows its format (`sync/columns.ts`): taken apart into columns of numbers and keys, and put together
 * again with entries and whole columns dropped, repeated or swapped, numbers off by one, huge or too long, keys exchanged.
 */
import { bytesOf } from '../../core/byte-writer.ts'
import { concatBytes } from '../../core/bytes.ts'
import { ID_BYTES, SIGNATURE_BYTES } from '../../core/limits.ts'
import { endOfPattern } from '../../sync/bodies.ts'
import { isOutsidePrev } from '../../sync/columns.ts'
import { type ByteReader, createReader, left, readBytes, readFlagged, readVarint, writeVarint } from '../../sync/varint.ts'
import type { Random } from '../random.ts'

interface Entry {
  /** A number's bytes are a varint; those with a flag count as such. */
  readonly isNumber: boolean
  readonly bytes: Uint8Array
}

type Column = readonly Entry[]

/** The columns of a well-formed bundle, in order. Joined, they are its bytes. */
export function columnsOf(bundle: Uint8Array): Column[] {
  const reader = createReader(bundle)
  const columns: Entry[][] = []
  const numbers = (count: number): number[] => {
    const column: Entry[] = []
    const values: number[] = []
    for (let i = 0; i < count; i++) {
      const from = reader.at
      values.push(readVarint(reader))
      column.push({ isNumber: true, bytes: bundle.subarray(from, reader.at) })
    }
    columns.push(column)
    return values
  }
  /** A column in runs: its numbers, and between them how often some come. */
  const runs = (count: number): number[] => {
    const column: Entry[] = []
    const values: number[] = []
    const take = (read: (reader: ByteReader) => number): number => {
      const from = reader.at
      const value = read(reader)
      column.push({ isNumber: true, bytes: bundle.subarray(from, reader.at) })
      return value
    }
    while (values.length < count) {
      const isRun = (bundle[reader.at]! & 1) === 1
      const value = take(readFlagged)
      for (let times = isRun ? take(readVarint) + 2 : 1; times > 0; times--) values.push(value)
    }
    columns.push(column)
    return values
  }
  const stretches = (lengths: readonly number[]): void => {
    columns.push(lengths.map((length) => ({ isNumber: false, bytes: readBytes(reader, length) })))
  }
  const keys = (): void => stretches(Array.from({ length: numbers(1)[0]! }, () => ID_BYTES))

  stretches([1])
  stretches([ID_BYTES])
  keys()
  keys()
  const count = sum(runs(numbers(1)[0]!))
  runs(count)
  numbers(runs(count).filter(isOutsidePrev).length)
  numbers(sum(runs(count)))
  runs(count)
  const signed = runs(count)
  const refs = runs(count)
  stretches(signed.filter((flag) => flag === 1).map(() => SIGNATURE_BYTES))
  stretches(patternLengths(bundle, reader.at, refs.filter((ref) => ref === 0).length))
  stretches([left(reader)])
  return columns
}

function patternLengths(bundle: Uint8Array, from: number, count: number): number[] {
  let at = from
  return Array.from({ length: count }, () => {
    const start = at
    at = endOfPattern(bundle, at)
    return at - start
  })
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

export const joinColumns = (columns: readonly Column[]): Uint8Array => concatBytes(columns.flat().map(({ bytes }) => bytes))

/** Bytes of a bundle with one to three things wrong; `other` is a well-formed one that entries and columns are taken from. */
export function bendColumns(random: Random, bundle: Uint8Array, other: Uint8Array): Uint8Array {
  let columns = columnsOf(bundle)
  const strange = columnsOf(other)
  for (let bends = 1 + random.below(3); bends > 0; bends--) columns = bendOnce(random, columns, strange)
  return joinColumns(columns)
}

function bendOnce(random: Random, columns: readonly Column[], strange: readonly Column[]): Column[] {
  const at = random.below(columns.length)
  const second = random.below(columns.length)
  switch (random.below(16)) {
    case 0:
      return columns.toSpliced(at, 1)
    case 1:
      return columns.toSpliced(at, 0, columns[second]!)
    case 2:
      return columns.with(at, columns[second]!).with(second, columns[at]!)
    case 3:
      return columns.with(at, strange[Math.min(at, strange.length - 1)]!)
    default:
      return columns.with(at, bendColumn(random, columns[at]!, strange))
  }
}

function bendColumn(random: Random, column: Column, strange: readonly Column[]): Column {
  if (column.length === 0) return [number(random.below(4))]
  const at = random.below(column.length)
  const second = random.below(column.length)
  switch (random.below(8)) {
    case 0:
      return column.toSpliced(at, 1)
    case 1:
      return column.toSpliced(second, 0, column[at]!)
    case 2:
      return column.with(at, column[second]!).with(second, column[at]!)
    case 3:
      return column.with(at, column[second]!)
    default:
      return column.with(at, bendEntry(random, column[at]!, strange))
  }
}

function bendEntry(random: Random, entry: Entry, strange: readonly Column[]): Entry {
  if (entry.isNumber) return bendNumber(random, readVarint(createReader(entry.bytes)), entry)
  const bytes = entry.bytes.slice()
  switch (random.below(4)) {
    case 0:
      return strange.flat().find(({ bytes: { length } }) => length === bytes.length) ?? entry
    case 1:
      return { ...entry, bytes: random.bytes(bytes.length) }
    case 2:
      return { ...entry, bytes: bytes.fill(random.pick([0, 0xff])) }
    default:
      if (bytes.length > 0) bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
      return { ...entry, bytes }
  }
}

const EDGES = [0, 1, 2, 3, 63, 64, 127, 128, 1_024, 1_025, 16_384, 16_385, 2 ** 31, 2 ** 32, 2 ** 53 - 1]
const TOO_LONG = [
  Uint8Array.of(0x80),
  Uint8Array.of(0x80, 0),
  new Uint8Array(8).fill(0xff),
  Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0x1f),
  new Uint8Array(12).fill(0xff),
]

const number = (value: number): Entry => ({ isNumber: true, bytes: bytesOf((out) => writeVarint(out, value)) })

function bendNumber(random: Random, value: number, entry: Entry): Entry {
  switch (random.below(5)) {
    case 0:
      return number(Math.max(0, value - 1))
    case 1:
      return number(Math.min(value + 1 + random.below(3), 2 ** 53 - 1))
    case 2:
      return number(random.pick(EDGES))
    case 3:
      return { isNumber: true, bytes: random.pick(TOO_LONG) }
    default: {
      // The same number, one byte longer than it needs to be.
      const wide = concatBytes([entry.bytes, Uint8Array.of(0)])
      if (wide.length > 1) wide[wide.length - 2]! |= 0x80
      return { isNumber: true, bytes: wide }
    }
  }
}
