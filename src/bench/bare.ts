/**
 * The bare parts of the work, alone: what the platform itself can do, for comparison with our figures. Runs in a worker of
 * Chromium and in Node.
 */
import { valueOf } from '../core/result.ts'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { opId, sha256 } from '../core/hash.ts'
import { signedBytes } from '../core/keys.ts'
import { encodeOp } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { createNative, createPure } from '../node/verifier.ts'
import { decodeBundle } from '../sync/bundle.ts'
import { decodeFile, unwrapBundle, wrapBundle } from '../sync/wrap.ts'
import { MAX_BUNDLE_BYTES } from '../sync/bundle.ts'
import { deflate, inflate } from '../node/deflate.ts'
import type { SignatureClaim } from '../sync/effects.ts'
import { fromHex } from '../core/bytes.ts'
import { pushAll } from '../core/lists.ts'

/** A case of known verdict, all in hex. */
export interface Vector {
  readonly message: string
  readonly author: string
  readonly signature: string
  readonly valid: boolean
}

export type BareTask =
  /** SHA-256 of every op's canonical bytes, by what the app hashes with or by noble. Answer: ops a second. `file` is base64. */
  | { readonly type: 'hash'; readonly file: string; readonly by: 'app' | 'noble' }
  /** Encode, hash, deflate, and write to IndexedDB in records of 1,024 ops: no DAG, no rules, no signatures. Answer: ops a second. */
  | { readonly type: 'write'; readonly file: string }
  /** Answer: signatures a second. "bare" is WebCrypto with keys imported and without our byte checks. */
  | { readonly type: 'verify'; readonly file: string; readonly path: 'native' | 'pure' | 'bare'; readonly count: number }
  /** Answer: how many vectors the two paths disagree on, or either with the known verdict. */
  | { readonly type: 'vectors'; readonly vectors: readonly Vector[] }

export type BareAnswer = number | null

/** Stands for a database: Node has none. */
export type WriteRecord = (key: number, bytes: Uint8Array) => Promise<void>

const RECORD_OPS = 1_024

export async function doBare(task: BareTask, openRecords: (() => Promise<WriteRecord>) | null): Promise<BareAnswer> {
  switch (task.type) {
    case 'hash': {
      const ops = await opsOf(task.file)
      const hash = task.by === 'app' ? sha256 : nobleSha256
      const all = ops.map(({ op }) => encodeOp(op))
      return perSecond(ops.length, () => {
        for (const bytes of all) hash(bytes)
      })
    }
    case 'write': {
      const ops = await opsOf(task.file)
      const write = await openRecords?.()
      if (write === undefined) return null
      return perSecond(ops.length, () => writeAll(ops, write))
    }
    case 'verify': {
      const claims = (await opsOf(task.file))
        .flatMap(({ op, id, signature }) => (signature === null ? [] : [{ signature, message: signedBytes(id), author: op.author }]))
        .slice(0, task.count)
      if (task.path === 'bare') return bareVerify(claims)
      const verifier = task.path === 'native' ? createNative() : createPure()
      if (verifier === null) return null
      return perSecond(claims.length, async () => {
        const answers = await verifier.verify(claims)
        if (!answers.every(Boolean)) throw new Error('a good signature was refused')
      })
    }
    case 'vectors':
      return disagreements(task.vectors)
  }
}

async function perSecond(count: number, work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return (count * 1000) / (performance.now() - start)
}

async function opsOf(file: string): Promise<readonly UnitOp[]> {
  const { bundles, unread } = decodeFile(Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0)))
  if (unread !== null) throw new Error(unread.reason)
  const ops: UnitOp[] = []
  for (const bundle of bundles) {
    const unwrapped = unwrapBundle(bundle)
    const payload = unwrapped.ok ? valueOf(await inflate(unwrapped.value.payload, MAX_BUNDLE_BYTES)) : null
    const units = payload === null ? null : decodeBundle(payload)
    if (units?.ok !== true) throw new Error('a bundle of our own that cannot be read')
    pushAll(ops, units.value.flat())
  }
  return ops
}

async function writeAll(ops: readonly UnitOp[], write: WriteRecord): Promise<void> {
  const writes: Promise<void>[] = []
  for (let first = 0; first < ops.length; first += RECORD_OPS) {
    const batch = ops.slice(first, first + RECORD_OPS).map(({ op }) => encodeOp(op))
    const record = new Uint8Array(batch.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const bytes of batch) {
      opId(bytes)
      record.set(bytes, at)
      at += bytes.length
    }
    writes.push(deflate(record).then((deflated) => write(first, wrapBundle('deflate', deflated))))
  }
  await Promise.all(writes)
}

async function bareVerify(claims: readonly SignatureClaim[]): Promise<number> {
  const keys = new Map<string, CryptoKey>()
  for (const { author } of claims) {
    const name = author.join()
    if (!keys.has(name)) keys.set(name, await crypto.subtle.importKey('raw', author.slice(), 'Ed25519', false, ['verify']))
  }
  const ready = claims.map(({ signature, message, author }) => [keys.get(author.join())!, signature.slice(), message.slice()] as const)
  return perSecond(claims.length, () =>
    Promise.all(ready.map(([key, signature, message]) => crypto.subtle.verify('Ed25519', key, signature, message))),
  )
}

async function disagreements(vectors: readonly Vector[]): Promise<number | null> {
  const claims = vectors.map(({ message, author, signature }) => ({
    message: fromHex(message)!,
    author: fromHex(author)! as Uint8Array as SignatureClaim['author'],
    signature: fromHex(signature)!,
  }))
  const native = await createNative()?.verify(claims)
  if (native === undefined) return null
  const pure = await createPure().verify(claims)
  return vectors.filter(({ valid }, i) => native[i] !== pure[i] || native[i] !== valid).length
}
