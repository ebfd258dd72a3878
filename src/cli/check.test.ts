/** `--check FILE`: a report that a person can read, or the reason why the file proves nothing; and an exit code for scripts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { encodeEvidence, MAX_EVIDENCE_BYTES } from '../core/evidence-file.ts'
import { chainOf, GENESIS, says } from '../node/liar.naive.ts'
import { checkFile } from './check.ts'
import { printTo } from './terminal.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const HOSTILE = 'sell\n* all agree\u001b[2J\u202e'
const PROOF = encodeEvidence({ a: [says(HOSTILE)], b: chainOf('buy', 3) })

async function check(path: string): Promise<{ code: number; printed: string[]; complained: string[] }> {
  const [out, error] = [new PassThrough(), new PassThrough()]
  const lines = (stream: PassThrough): string[] => String(stream.read() ?? '').split('\n')
  const code = await checkFile(path, {
    print: printTo(out as unknown as NodeJS.WriteStream),
    complain: printTo(error as unknown as NodeJS.WriteStream),
  })
  return { code, printed: lines(out), complained: lines(error) }
}

function written(bytes: Uint8Array): string {
  const path = join(folder, 'some.evidence')
  writeFileSync(path, bytes)
  return path
}

describe('a file with evidence', () => {
  test('B1 is reported with author, room, number and both texts, and what it does not prove', async () => {
    const { code, printed, complained } = await check(written(PROOF))
    expect([code, complained]).toEqual([0, ['']])
    const text = printed.join('\n')
    expect(printed[0]).toBe('This file proves an equivocation: one author signed two different ops with the same number.')
    for (const said of [
      toHex(GENESIS.op.author),
      toHex(GENESIS.id),
      'message: buy 0',
      ', signed\n',
      "covered by the author's signature 2 ops later",
    ]) {
      expect(text).toContain(said)
    }
    expect(printed).toContain('  number        1')
    expect(text).toContain('It does not prove who the person is')
  })
  test('E6 stays in its lines, whatever the ops say', async () => {
    const { printed } = await check(written(PROOF))
    expect(printed).toContain('    message: sell\\n* all agree\\u{1b}[2J\\u{202e}')
    expect(printed.filter((line) => line.startsWith('*'))).toEqual([])
  })
})

describe('any other file', () => {
  test.each([
    ['cut', PROOF.subarray(0, -1), /^This file proves nothing \(truncated\): it is cut\.$/],
    ['a letter', new TextEncoder().encode('a letter'), /\(not-evidence\): it is not evidence/],
    ['changed in one bit', PROOF.map((byte, i) => (i === 40 ? byte ^ 1 : byte)), /\(bad-signature\): a signature in it/],
    ['of two numbers', encodeEvidence({ a: [says('one')], b: [says('two', says('one'))] }), /\(two-seqs\)/],
    ['longer than any evidence', new Uint8Array(MAX_EVIDENCE_BYTES + 9).fill(1), /\(not-evidence\)/],
    ['of an op that is none', PROOF.map((byte, i) => (i === 20 + 66 + 4 + 1 ? 9 : byte)), /\(unknown-version\)/],
  ])('%s proves nothing, says why, and ends with 1', async (_, bytes, sentence) => {
    const { code, printed, complained } = await check(written(bytes))
    expect([code, printed]).toEqual([1, ['']])
    expect(complained[0]).toMatch(sentence)
  })
  test('that is not there, or is a folder, is said in a sentence', async () => {
    for (const path of [join(folder, 'nothing\u001b'), folder]) {
      const { code, complained } = await check(path)
      expect(code).toBe(1)
      expect(complained[0]).toMatch(/cannot be read: /)
      expect(complained.join('')).not.toContain('\u001b')
    }
  })
  test('that never ends is read as far as evidence goes', async () => {
    expect((await check('/dev/zero')).complained[0]).toMatch(/\(not-evidence\)/)
  })
})
