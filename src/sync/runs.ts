/**
 * A column of whole numbers, in runs: a number that repeats from op to op is written once. A number that comes once is itself, flagged 0
 * (`varint.ts`). A number that comes k ≥ 2 times in a row is flagged 1, and k − 2 follows. One column has one encoding.
 */
import type { ByteWriter } from '../core/byte-writer.ts'
import { type ByteReader, readFlagged, readVarint, writeFlagged, writeVarint } from './varint.ts'

/** Numbers in 0 … 2^53 − 1. */
export function writeRuns(out: ByteWriter, column: readonly number[]): void {
  for (let at = 0; at < column.length;) {
    const number = column[at]!
    let end = at + 1
    while (end < column.length && column[end] === number) end++
    writeFlagged(out, number, end - at > 1 ? 1 : 0)
    if (end - at > 1) writeVarint(out, end - at - 2)
    at = end
  }
}

/**
 * A column of `count` numbers. Fails when neighbouring runs have the same number, or when there are more than `count` numbers. That
 * bounds the work, not the bytes that are left.
 */
export function readRuns(reader: ByteReader, count: number): number[] {
  const column: number[] = []
  let before = -1
  while (column.length < count && !reader.failed) {
    const isRun = (reader.bytes[reader.at]! & 1) === 1
    const number = readFlagged(reader)
    if (!isRun) column.push(number)
    else {
      const times = readVarint(reader) + 2
      if (times > count - column.length) reader.failed = true
      else for (let i = 0; i < times; i++) column.push(number)
    }
    if (number === before) reader.failed = true
    before = number
  }
  reader.expanded += column.length
  return column
}
