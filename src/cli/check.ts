/** `--check FILE`: checks evidence of an equivocation without any room or node, and reports in plain words what it proves. */
import { open } from 'node:fs/promises'
import { toHex } from '../core/bytes.ts'
import { MAX_EVIDENCE_BYTES, openEvidence } from '../core/evidence-file.ts'
import { type Evidence, roomOf, verifyOp } from '../core/evidence.ts'
import type { EvidenceRefusal } from '../core/result.ts'
import type { Unit } from '../core/unit.ts'
import { decodeBody } from '../crdt/body.ts'
import { textOf } from '../crdt/text-of.ts'
import type { Terminal } from './session.ts'
import { authorName, timeOf } from './words.ts'

/** The command's exit code: 0 if the file proves an equivocation, 1 if it does not or cannot be read. No content of a file makes it throw. */
export async function checkFile(path: string, { print, complain }: Pick<Terminal, 'print' | 'complain'>): Promise<0 | 1> {
  const bytes = await readStart(path, MAX_EVIDENCE_BYTES + 1).catch((error: Error) => {
    complain(`The file ${path} cannot be read: ${error.message}.`)
    return null
  })
  if (bytes === null) return 1
  const opened = openEvidence(bytes, verifyOp)
  if (opened.ok) for (const line of reportOf(opened.value)) print(line)
  else complain(`This file proves nothing (${opened.reason}): ${SENTENCES[opened.reason] ?? 'an op in it is not valid.'}`)
  return opened.ok ? 0 : 1
}

/** The first bytes of a file, at most so many: it may be as large as a disk, or a device that has no end. */
async function readStart(path: string, most: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(most)
    let length = 0
    for (let more = -1; more !== 0 && length < most; length += more) more = (await file.read(bytes, length, most - length)).bytesRead
    return bytes.subarray(0, length)
  } finally {
    await file.close()
  }
}

function reportOf({ a, b }: Evidence): string[] {
  const first = a[0]!
  const author = toHex(first.op.author)
  return [
    'This file proves an equivocation: one author signed two different ops with the same number.',
    `  author        ${authorName(author)}`,
    `  its key       ${author}`,
    `  room          ${toHex(roomOf(first))}`,
    `  number        ${first.op.seq}`,
    ...opLines('one op', a),
    ...opLines('the other op', b),
    'It does not prove who the person is, that it was done on purpose (a copied or restored profile can do the same), which op came first,',
    'or that the room has admitted either of them. Times are what the author says. Compare the whole key: nicknames prove nothing.',
  ]
}

function opLines(title: string, chain: Unit): string[] {
  const { op, id } = chain[0]!
  const body = decodeBody(op.body)
  const later = chain.length - 1
  const signed = later === 0 ? 'signed' : `covered by the author's signature ${later} ${later === 1 ? 'op' : 'ops'} later`
  return [
    `  ${title.padEnd(13)} ${toHex(id)}, ${timeOf(op.time)}, ${signed}`,
    `    ${body.ok ? `${body.value.kind}: ${textOf(body.value)}` : `content of an unknown kind, ${op.body.length} bytes`}`,
  ]
}

const SENTENCES: Readonly<Partial<Record<EvidenceRefusal, string>>> = {
  'not-evidence': 'it is not evidence, which begins with the line "tabweave evidence 1".',
  'unknown-version': 'it was made for another version of the protocol.',
  'too-large': 'it, or an op in it, is larger than the protocol allows.',
  truncated: 'it is cut.',
  'trailing-bytes': 'bytes follow after its end, or after the end of an op.',
  'not-canonical': 'its encoding is not the canonical one.',
  'empty-chain': 'one of its two chains has no ops.',
  'unit-too-large': 'one of its chains has more ops or bytes than a chain can have.',
  'one-op': 'both chains begin with the same op.',
  'two-rooms': 'the two ops are of different rooms.',
  'two-authors': 'the two ops are by different authors.',
  'two-seqs': 'the two ops have different numbers.',
  'broken-chain': 'an op in it does not name the op before it as its predecessor.',
  'bad-signature': 'a signature in it is not the author’s.',
}
