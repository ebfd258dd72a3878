/**
 * The golden vectors of docs/protocol.md, read from that file. Each is checked against our code, and against an independent
 * implementation where there is one: `cborg`, and the platform's hashes and signatures.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as cborg from 'cborg'
import { expect, test } from 'vitest'
import { bytesOf } from './core/byte-writer.ts'
import { concatBytes, fromHex, toBase64url, toHex } from './core/bytes.ts'
import { decodeValue, encodeValue } from './core/cbor.ts'
import { encodeEvidence, MAX_EVIDENCE_BYTES, openEvidence } from './core/evidence-file.ts'
import { verifyOp } from './core/evidence.ts'
import { opId } from './core/hash.ts'
import { digestOfHeads } from './core/heads-digest.ts'
import { naiveDigest } from './core/heads-digest.naive.ts'
import { channelProofBytes, isAuthorKey, peerProofBytes, publicKeyOf, signedBytes, signPure, verifyPure } from './core/keys.ts'
import {
  MAX_BODY_BYTES,
  MAX_DEPS,
  MAX_OP_BYTES,
  MAX_PENDING_PER_LINK,
  MAX_PENDING_TOTAL,
  MAX_REJECTED_REMEMBERED,
  MAX_UNIT_BYTES,
  MAX_UNIT_OPS,
  MESSAGE_VERSION,
  OP_VERSION,
} from './core/limits.ts'
import { asAuthor, asOpId, decodeOp, encodeOp, type Op } from './core/op.ts'
import type { UnitOp } from './core/unit.ts'
import type { Value } from './core/value.ts'
import { FRAME_VERSION } from './net/envelope.ts'
import { deriveRoom, deriveSenderKey } from './net/keys.ts'
import { sealerOf, senderOf } from './net/sealer.naive.ts'
import { MAX_FRAME_BYTES } from './net/transport.ts'
import { addBody, createBodyReader, createBodyWriter, readBody, writeBodies } from './sync/bodies.ts'
import { decodeBundle, encodeBundle, MAX_BUNDLE_BYTES, MAX_BUNDLE_OP_BYTES } from './sync/bundle.ts'
import { BUNDLE_VERSION, MAX_BUNDLE_OPS } from './sync/columns.ts'
import { decodeSignal, encodeSignal } from './net/direct/signal.ts'
import { decodeMessage, encodeMessage } from './sync/messages.ts'
import { createTokens, present } from './sync/tokens.ts'

const text = readFileSync(new URL('../docs/protocol.md', import.meta.url), 'utf8')

/** Lines of every block of one kind: what comes before the first run of two spaces, and what after. */
function blocks(kind: string): [string, string][][] {
  const found = [...text.matchAll(/^```golden-(\S+)\n([^`]*)^```$/gm)].filter((match) => match[1] === kind)
  if (found.length === 0) throw new Error(`no block golden-${kind}`)
  return found.map((match) => {
    const lines = match[2]!.trimEnd().split('\n')
    return lines.map((line) => {
      const [, left, right] = /^(\S+(?: \S+)*)(?: {2,}(.*))?$/.exec(line)!
      return [left!, right ?? '']
    })
  })
}

const hex = (digits: string): Uint8Array<ArrayBuffer> => {
  const bytes = fromHex(digits)
  if (bytes === null) throw new Error(`not hex: ${digits}`)
  return bytes
}

function valueOf(notation: string): Value {
  const bytes = /^h'(.*)'$/.exec(notation)
  return bytes ? hex(bytes[1]!) : toValue(JSON.parse(notation))
}

/** JSON as values: objects are maps. */
function toValue(json: unknown): Value {
  if (Array.isArray(json)) return json.map(toValue)
  if (typeof json !== 'object' || json === null) return json as Value
  return new Map(Object.entries(json).map(([key, value]) => [key, toValue(value)]))
}

interface GoldenOp extends UnitOp {
  readonly seed: Uint8Array
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

/** The ops by name, from their fields alone; the other lines of their blocks are checked by tests. */
function goldenOps(): Map<string, GoldenOp & { readonly lines: ReadonlyMap<string, string> }> {
  const ops = new Map<string, GoldenOp & { readonly lines: ReadonlyMap<string, string> }>()
  let room: Op['room'] = null
  for (const block of blocks('op')) {
    const lines = new Map(block)
    const line = (name: string): string => lines.get(name)!
    const op: Op = {
      room,
      author: asAuthor(hex(line('author'))),
      seq: Number(line('seq')),
      prev: line('prev') === 'null' ? null : asOpId(hex(line('prev'))),
      deps:
        line('deps') === 'none'
          ? []
          : line('deps')
              .split(' ')
              .map((dep) => asOpId(hex(dep))),
      time: Number(line('time')),
      body: hex(line('body')),
    }
    const bytes = encodeOp(op)
    const id = opId(bytes)
    room ??= id
    ops.set(line('name'), { op, id, bytes, signature: hex(line('signature')), seed: hex(line('seed')), lines })
  }
  return ops
}

const ops = goldenOps()
const named = (name: string): GoldenOp => ops.get(name)!

test('the versions in docs/protocol.md are those of the code', () => {
  expect(text).toContain(`ops ${OP_VERSION}, protocol messages ${MESSAGE_VERSION}, frames ${FRAME_VERSION}, bundles ${BUNDLE_VERSION},`)
  expect(text).toContain(`It is the version of protocol messages, ${MESSAGE_VERSION}, as one byte`)
  expect(text).toContain(`header = version (1 byte, value ${FRAME_VERSION})`)
  expect(text).toContain(`version    ${BUNDLE_VERSION}, one byte`)
})

test('values have the encodings of docs/protocol.md, by our codec and by another', () => {
  for (const [bytes, notation] of blocks('values')[0]!) {
    const value = valueOf(notation)
    expect([notation, toHex(encodeValue(value))]).toEqual([notation, bytes])
    expect(decodeValue(hex(bytes))).toEqual({ ok: true, value })
    expect(toHex(cborg.encode(value, { ...cborg.rfc8949EncodeOptions, float64: true }))).toBe(bytes)
  }
})

test('what docs/protocol.md says is refused is refused, by that name', () => {
  for (const [bytes, reason] of blocks('refused')[0]!) expect([bytes, decodeValue(hex(bytes))]).toEqual([bytes, { ok: false, reason }])
})

test('ops have the bytes, ids and signatures of docs/protocol.md, by our code and by the platform', () => {
  expect(ops.size).toBe(4)
  for (const { op, id, bytes, signature, seed, lines } of ops.values()) {
    expect(toHex(bytes)).toBe(lines.get('canonical'))
    expect(toHex(id)).toBe(lines.get('id'))
    expect(createHash('sha256').update('tabweave/op/1').update(bytes).digest('hex')).toBe(lines.get('id'))
    expect(decodeOp(bytes)).toEqual({ ok: true, value: op })
    expect(publicKeyOf(seed)).toEqual(op.author)
    expect(toHex(signPure(seed, signedBytes(id)))).toBe(lines.get('signature'))
    const key = createPrivateKey({ key: Buffer.concat([hex('302e020100300506032b657004220420'), seed]), format: 'der', type: 'pkcs8' })
    expect(sign(null, concatBytes([Buffer.from('tabweave/sig/1'), id]), key).toString('hex')).toBe(lines.get('signature'))
    expect(verifyPure(signature, signedBytes(id), op.author)).toBe(true)
  }
})

test('digests are those of docs/protocol.md', () => {
  for (const [heads, digest] of blocks('digests')[0]!) {
    const ids = heads.split(' ').map((id) => asOpId(hex(id)))
    expect(toHex(digestOfHeads(ids))).toBe(digest)
    expect(createHash('sha256').update('tabweave/heads/1').update(concatBytes(ids)).digest('hex')).toBe(digest)
  }
})

test('D17 digests of many heads are those of docs/protocol.md', () => {
  const rows = blocks('many-heads')[0]!
  expect(rows.length).toBe(7)
  for (const [count, rest] of rows) {
    const [zeros, digest] = rest.split(/ +/) as [string, string]
    const idOf = (_: unknown, n: number): string =>
      '00'.repeat(Number(zeros)) +
      createHash('sha256')
        .update(String(n))
        .digest('hex')
        .slice(2 * Number(zeros))
    const ids = Array.from({ length: Number(count) }, idOf)
    expect(naiveDigest(ids)).toBe(digest)
    expect(toHex(digestOfHeads(ids.sort().map((id) => asOpId(hex(id)))))).toBe(digest)
  }
})

test('the bundle of docs/protocol.md holds its ops, and they make it', () => {
  const lines = new Map(blocks('bundle')[0]!)
  const units = lines
    .get('units')!
    .split(' | ')
    .map((unit) =>
      unit.split(' ').map((name) => {
        const { op, id, signature } = named(name.replace('+', ''))
        return { op, id, signature: name.endsWith('+') ? signature : null }
      }),
    )
  expect(toHex(encodeBundle(units))).toBe(lines.get('columns'))
  expect(decodeBundle(hex(lines.get('columns')!))).toEqual({ ok: true, value: units })
})

test('the evidence of docs/protocol.md is made from its ops, and proves, by our code and by the platform', () => {
  const lines = new Map(blocks('evidence')[0]!)
  const [hello, merge] = [named('hello'), named('merge')]
  const op: Op = { ...hello.op, body: hex(lines.get('twin body')!) }
  const twin = { op, id: opId(encodeOp(op)), signature: signPure(hello.seed, signedBytes(opId(encodeOp(op)))) }
  expect([toHex(twin.id), toHex(twin.signature)]).toEqual([lines.get('twin id'), lines.get('twin signature')])
  const file = hex(lines.get('file')!)
  expect(toHex(encodeEvidence({ a: [hello, merge], b: [twin] }))).toBe(toHex(file))
  expect(openEvidence(file, verifyOp)).toMatchObject({ ok: true, value: { a: [{ id: hello.id }, { id: merge.id }], b: [{ id: twin.id }] } })

  // Read once more with nothing of ours: chains of (count, signature, ops), each chain's last op signed.
  const view = Buffer.from(file)
  let at = view.indexOf('\n') + 1
  const key = createPublicKey({ key: Buffer.concat([hex('302a300506032b6570032100'), hello.op.author]), format: 'der', type: 'spki' })
  for (const ids of [[hello.id, merge.id], [twin.id]]) {
    const signature = view.subarray(at + 2, at + 66)
    const found: Buffer[] = []
    const count = view.readUInt16BE(at)
    at += 66
    while (found.length < count) {
      const end = at + 4 + view.readUInt32BE(at)
      found.push(
        createHash('sha256')
          .update('tabweave/op/1')
          .update(view.subarray(at + 4, end))
          .digest(),
      )
      at = end
    }
    expect(found.map((id) => id.toString('hex'))).toEqual(ids.map(toHex))
    expect(verify(null, concatBytes([Buffer.from('tabweave/sig/1'), found.at(-1)!]), key, signature)).toBe(true)
  }
  expect(at).toBe(view.length)
})

test('the bodies of docs/protocol.md are split into its patterns and contents, and put together again', () => {
  const lines = new Map(blocks('bodies')[0]!)
  const parts = (name: string): Uint8Array[] => lines.get(name)!.split(' ').map(hex)
  const bodies = parts('bodies')
  const writer = createBodyWriter()
  const refs = bodies.map((body, i) => addBody(writer, body, bodies[i - 1] ?? null))
  expect(refs.join(' ')).toBe(lines.get('refs'))
  const [patterns, contents] = [concatBytes(parts('patterns')), hex(lines.get('contents')!)]
  expect(toHex(bytesOf((out) => writeBodies(out, writer)))).toBe(toHex(concatBytes([patterns, contents])))
  const reader = createBodyReader({ refs, patterns, contents })
  expect(refs.map((ref, i) => toHex(bytesOf((out) => readBody(reader, ref, bodies[i - 1] ?? null, out))))).toEqual(bodies.map(toHex))
})

test('the messages of docs/protocol.md are read, written the same, and listed in docs/glossary.md', () => {
  const lines = blocks('messages')[0]!
  expect(lines.map(([kind]) => kind)).toEqual(['hello', 'heads', 'want', 'units', 'bye', 'more', 'near'])
  const entry = /^\| \*\*protocol message\*\* .*$/m.exec(readFileSync(new URL('../docs/glossary.md', import.meta.url), 'utf8'))![0]
  expect(lines.filter(([kind]) => !entry.includes(`\`${kind}\``))).toEqual([])
  for (const [kind, bytes] of lines) {
    const decoded = decodeMessage(hex(bytes))
    expect(decoded.ok && decoded.value.type).toBe(kind)
    expect(decoded.ok && toHex(encodeMessage(decoded.value))).toBe(bytes)
    if (decoded.ok && decoded.value.type === 'hello') {
      const token = createHash('sha256').update('tabweave/token/1').update(new Uint8Array(32).fill(10)).update(new Uint8Array(8)).digest()
      expect(toHex(decoded.value.token)).toBe(token.subarray(0, 8).toString('hex'))
      expect(present(createTokens(new Uint8Array(32).fill(10), 0))).toEqual(decoded.value.token)
    }
  }
})

test('the signals of docs/protocol.md are read, and written the same, and the proof among them is good', () => {
  const lines = blocks('signals')[0]!
  expect(lines.map(([kind]) => kind)).toEqual(['here', 'description', 'candidate', 'proof', 'ping', 'pong', 'presence'])
  for (const [kind, bytes] of lines) {
    const decoded = decodeSignal(hex(bytes))
    expect(decoded.ok && decoded.value.type).toBe(kind)
    expect(decoded.ok && toHex(encodeSignal(decoded.value))).toBe(bytes)
    const room = asOpId(ops.get('genesis')!.id)
    if (!decoded.ok || decoded.value.type !== 'proof') continue
    const [sender, verifier, ours, theirs] = [10, 11, 12, 13].map((byte) => new Uint8Array(32).fill(byte)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    const message = channelProofBytes(room, sender, verifier, ours, theirs)
    expect(verifyPure(decoded.value.proof, message, decoded.value.author)).toBe(true)
  }
})

test('the small-order encodings of docs/protocol.md are no authors, with either sign', () => {
  for (const [encoding] of blocks('small-order')[0]!) {
    const key = hex(encoding)
    expect(isAuthorKey(key)).toBe(false)
    key[31]! |= 0x80
    expect(isAuthorKey(key)).toBe(false)
  }
})

test('the keys of a room, its link and a proof are those of docs/protocol.md', () => {
  const lines = new Map(blocks('room')[0]!)
  const [secret, sender, verifier] = ['secret', 'sender', 'verifier'].map((name) => hex(lines.get(name)!)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const { id: room, seed, op } = named('genesis')
  expect(toBase64url(concatBytes([room, secret]))).toBe(lines.get('fragment'))
  const { relayName, roomKey } = deriveRoom(secret, room)
  expect([relayName, toHex(roomKey)]).toEqual([lines.get('relay name'), lines.get('room key')])
  expect(toHex(deriveSenderKey(roomKey, sender))).toBe(lines.get('sender key'))
  const said = peerProofBytes(room, sender, verifier)
  expect(toHex(signPure(seed, said))).toBe(lines.get('proof'))
  expect(verifyPure(hex(lines.get('proof')!), said, op.author)).toBe(true)
  expect(toHex(hex(blocks('messages')[0]![0]![1]))).toContain(lines.get('proof'))
})

test('the frame of docs/protocol.md is what is sealed, and opens', async () => {
  const lines = new Map(blocks('frame')[0]!)
  const { id: room } = named('genesis')
  const { roomKey } = deriveRoom(hex(new Map(blocks('room')[0]!).get('secret')!), room)
  const bye = encodeMessage({ type: 'bye' })
  expect(toHex(new Uint8Array(32).fill(10))).toBe(lines.get('seed'))
  expect(toHex(senderOf(10))).toBe(lines.get('sender'))
  expect(toHex(await (await sealerOf(10, room, roomKey)).seal(null, bye))).toBe(lines.get('frame'))
  const opened = await (await sealerOf(11, room, roomKey)).open(hex(lines.get('frame')!))
  expect(opened).toEqual({ ok: true, value: { sender: hex(lines.get('sender')!), receiver: null, plaintext: bye, isLatest: true } })
})

test('the limits in docs/protocol.md are those of the code', () => {
  const limits = text.slice(text.indexOf('## 13. Limits'), text.indexOf('## 14.'))
  const grouped = (number: number): string => number.toLocaleString('en-US')
  for (const line of [
    `deps of an op | ${MAX_DEPS} |`,
    `a body | ${grouped(MAX_BODY_BYTES)} bytes, 32 levels |`,
    `an op | ${grouped(MAX_OP_BYTES)} bytes |`,
    `a unit | ${grouped(MAX_UNIT_OPS)} ops, ${grouped(MAX_UNIT_BYTES)} canonical bytes |`,
    `a bundle | ${grouped(MAX_BUNDLE_OPS)} ops, ${grouped(MAX_BUNDLE_BYTES)} bytes of columns, ${grouped(MAX_BUNDLE_OP_BYTES)} canonical bytes |`,
    `a frame | ${grouped(MAX_FRAME_BYTES)} bytes |`,
    `evidence as a file | ${grouped(MAX_EVIDENCE_BYTES)} bytes |`,
    `pending ops | ${grouped(MAX_PENDING_PER_LINK)} an origin, ${grouped(MAX_PENDING_TOTAL)} in all`,
    `rejected ids remembered | ${grouped(MAX_REJECTED_REMEMBERED)} |`,
  ]) {
    expect(limits).toContain(line)
  }
})
