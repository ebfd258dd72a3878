/**
 * Which node this tab is. A tab that comes back is the same node as before, if no other tab is: the Web Lock `node:<id>` decides, since
 * duplicating a tab copies everything else. If the tab was no node before, or cannot be the same one again, it takes up a node of this
 * browser in the room that does not run. If there is none, it is a new node with a key and a store of its own. The new node begins with
 * the ops of a node that runs.
 */
import { refuse, type Result, valueOf } from '../core/result.ts'
import { encodeBody } from '../crdt/body.ts'
import { fromHex, toHex, equalBytes } from '../core/bytes.ts'
import { signedBytes } from '../core/keys.ts'
import { NOTHING_WRITTEN } from '../core/mark.ts'
import { asAuthor, asOpId, hashOp, type Op, type OpId } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { OPEN } from '../rules/open.ts'
import { type CorruptSegment, type Durability, type Identity, type Place, type Segment, type Store, StoreError } from '../store/store.ts'
import { decodeBundle, encodeBundle, MAX_BUNDLE_BYTES, reopenBundle } from '../sync/bundle.ts'
import { unwrapBundle, wrapBundle } from '../sync/wrap.ts'
import { inflate } from './deflate.ts'
import type { RoomLink } from './link.ts'
import { generateKey, signWith } from './signer.ts'

/** Segments read at a time. */
const READ_SEGMENTS = 64

/** Parts of the index read at a time: at most some 11 MB. */
const READ_PARTS = 4

export interface OpenedNode {
  readonly identity: Identity
  readonly store: Store
  /** True when the node was here before. */
  readonly resumed: boolean
  /** True when its disk was damaged. Then the whole ops are kept under a new key, since the old one may have signed the lost ops. */
  readonly salvaged: boolean
}

export type OpenStore = (id: string) => Promise<Store>

/** The Web Lock that a running node holds. */
export const lockName = (id: string): string => `node:${id}`

/**
 * Holds `node:<id>` until this worker ends or the function that it gives is called; null if another worker holds it for longer than
 * `patience` (ms), or if there are no locks here.
 */
async function lockNode(id: string, patience: number): Promise<(() => void) | null> {
  if (globalThis.navigator?.locks === undefined) return null
  return new Promise((resolve) => {
    const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true }
    navigator.locks
      .request(lockName(id), options, (lock) => (lock === null ? resolve(null) : new Promise<void>((release) => resolve(release))))
      .catch(() => resolve(null))
  })
}

/**
 * The node `id`, if it is free and of this room; null if not. Waits for its lock for up to `patience` (ms).
 * @throws StoreError where its store cannot be opened
 */
export async function resumeNode(openStore: OpenStore, id: string, room: RoomLink, patience: number): Promise<OpenedNode | null> {
  const release = fromHex(id)?.length === 32 ? await lockNode(id, patience) : null
  if (release === null) return null
  let opened: OpenedNode | null = null
  try {
    opened = await openedIn(openStore, id, room)
  } finally {
    if (opened === null) release()
  }
  return opened
}

async function openedIn(openStore: OpenStore, id: string, room: RoomLink): Promise<OpenedNode | null> {
  const store = await openStore(id)
  const identity = await store.identity()
  if (identity !== null && isOf(room, identity)) return { identity, store, resumed: true, salvaged: false }
  if (identity === null) await store.destroy()
  else store.close()
  return null
}

export const isOf = (room: RoomLink, { genesis, secret }: Identity): boolean =>
  equalBytes(genesis, room.genesis) && equalBytes(secret, room.secret)

/** The first of these nodes that does not run and can be opened; null if there is none. */
export async function takeUp(openStore: OpenStore, ids: readonly string[], room: RoomLink): Promise<OpenedNode | null> {
  for (const id of ids) {
    // If this one cannot be opened, another one may be sound.
    const opened = await resumeNode(openStore, id, room, 0).catch(() => null)
    if (opened !== null) return opened
  }
  return null
}

/**
 * Deletes a node that does not run: its ops, its key, its mark. False if it runs, or if there are no locks here that could tell. @throws
 * StoreError
 */
export async function forgetNode(deleteStore: (id: string) => Promise<void>, id: string): Promise<boolean> {
  const release = await lockNode(id, 0)
  if (release === null) return false
  try {
    await deleteStore(id)
  } finally {
    release()
  }
  return true
}

/** Stores what a new node begins with. */
type Fill = (store: Store) => Promise<void>

const withNothing: Fill = async () => {}

/** A new node in this room. It is a node when `fill` has stored what it begins with. If `fill` fails, nothing stays. */
export async function joinRoom(
  openStore: OpenStore,
  { genesis, secret }: RoomLink,
  mint = generateKey,
  fill: Fill = withNothing,
): Promise<OpenedNode> {
  const identity = { ...(await mint()), genesis, secret, createdAt: Date.now() }
  return { identity, store: await storeFor(openStore, identity, fill), resumed: false, salvaged: false }
}

/** A new node that founds an open room of this name. */
export async function foundRoom(openStore: OpenStore, name: string, mint = generateKey): Promise<OpenedNode> {
  const { author, key } = await mint()
  const body = encodeBody({ kind: 'genesis', name, ...OPEN })
  const op: Op = { room: null, author: asAuthor(author), seq: 0, prev: null, deps: [], time: Math.floor(Date.now() / 1000), body }
  const id = hashOp(op)
  const unit: Unit = [{ op, id, signature: await signWith(key, signedBytes(id)) }]
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const identity = { author, key, genesis: id, secret, createdAt: Date.now() }
  const store = await storeFor(openStore, identity, withNothing)
  await store.append([{ first: 0, count: 1, bytes: wrapBundle('raw', encodeBundle([unit])) }], 'strict', { own: 1, id })
  return { identity, store, resumed: false, salvaged: false }
}

async function storeFor(openStore: OpenStore, identity: Identity, fill: Fill): Promise<Store> {
  const id = toHex(identity.author)
  await lockNode(id, 0)
  const store = await openStore(id)
  try {
    await fill(store)
  } catch (error) {
    await store.destroy()
    throw error
  }
  await store.putIdentity(identity)
  await store.append([], 'strict', NOTHING_WRITTEN)
  return store
}

/** Lets everything else that waits have its turn; a timer would wait for 4 ms. */
function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

/**
 * Reads the index into `restore`, part by part, as far as it is whole; `expected` is how many ops the disk holds. Gives the parts that
 * were whole: the segments after them are still to be read. The other parts are removed.
 */
export async function readIndex(store: Store, restore: (bytes: Uint8Array, expected: number) => boolean): Promise<Place[]> {
  const expected = await store.length()
  const whole: Place[] = []
  let at = 0
  // The next parts are read while these are taken in.
  let reading = store.readIndex(at, READ_PARTS)
  for (;;) {
    const parts = await reading
    const last = parts.at(-1)
    if (last !== undefined) reading = store.readIndex(last.first + last.count, READ_PARTS)
    for (const part of parts) {
      const { first, count } = part
      // The disk has lost its end, or some of its index.
      if (first !== at || first + count > expected || !('bytes' in part) || !restore(part.bytes, expected)) {
        await reading
        // Other ops may be stored later at the places of these.
        await store.cutIndex(at)
        return whole
      }
      whole.push({ first, count })
      at = first + count
      // So that the reading goes on: it is checked elsewhere while the next part is taken in here.
      await breath()
    }
    if (parts.length < READ_PARTS) return whole
  }
}

/**
 * Reads the disk from op `from` on into `restore`, segment by segment. Gives the first segment that could not be read, or null if all
 * could. Later segments need that one, and are not read.
 */
export async function readDisk(store: Store, from: number, restore: (units: readonly Unit[]) => number): Promise<number | null> {
  let at = from
  for (;;) {
    const segments = await store.read(at, READ_SEGMENTS)
    for (const segment of segments) {
      const units = 'bytes' in segment ? await readSegment(segment) : null
      if (units === null || restore(units) !== segment.first + segment.count - at) return segment.first
      at = segment.first + segment.count
    }
    if (segments.length < READ_SEGMENTS) return null
  }
}

/** The units of a stored segment, or why they are no units that a node stores. */
export async function unitsOfSegment(segment: Segment): Promise<Result<readonly Unit[]>> {
  const raw = await columnsOf(segment)
  return raw === null ? refuse('bad-bundle') : decodeBundle(raw)
}

/**
 * The units of a stored segment; null if they are no units that a node stores.
 * @throws StoreError "failed" where another version of Tabweave wrote it. That is no damage, after which a disk would be deleted
 */
export async function readSegment(segment: Segment): Promise<readonly Unit[] | null> {
  const units = await unitsOfSegment(segment)
  if (!units.ok && units.reason === 'unknown-version') throw new StoreError('failed')
  return valueOf(units)
}

/**
 * The units of a stored segment whose ops this node has hashed before; `idAt` gives the id of the n-th. Null if they are no units that a
 * node stores.
 */
export async function reopenSegment(segment: Segment, idAt: (n: number) => OpId): Promise<readonly Unit[] | null> {
  const raw = await columnsOf(segment)
  return raw === null ? null : reopenBundle(raw, idAt)
}

const NO_ID = asOpId(new Uint8Array(32))

/** As `reopenSegment`, where ids are not needed. */
export const opsOfSegment = async (segment: Segment): Promise<readonly UnitOp[] | null> =>
  (await reopenSegment(segment, () => NO_ID))?.flat() ?? null

/** The segments from op `from` on that are not damaged, in order. @throws StoreError */
export async function* wholeSegments(store: Store, from: number): AsyncGenerator<Segment> {
  for (let at = from; ;) {
    const segments = await store.read(at, READ_SEGMENTS)
    yield* segments.filter(isWhole)
    const last = segments.at(-1)
    if (last === undefined) return
    at = last.first + last.count
  }
}

const isWhole = (segment: Segment | CorruptSegment): segment is Segment => 'bytes' in segment

async function columnsOf({ bytes }: Segment): Promise<Uint8Array | null> {
  const unwrapped = unwrapBundle(bytes)
  if (!unwrapped.ok) return null
  const { codec, payload } = unwrapped.value
  return codec === 'raw' ? payload : valueOf(await inflate(payload, MAX_BUNDLE_BYTES))
}

/** Copies the chosen names of authors. @throws StoreError */
export async function copyNames(from: Store, to: Store): Promise<void> {
  const names = await from.names()
  if (names !== null) await to.putNames(names)
}

/**
 * Copies segments with the first `length` ops of `from` into the empty store `to`, in order, up to the first that is damaged or not to be
 * taken. Gives how many ops `to` has then.
 */
export async function copySegments(
  from: Store,
  to: Store,
  length: number,
  durability: Durability,
  isTaken: (segment: Segment) => Promise<boolean>,
): Promise<number> {
  let at = 0
  while (at < length) {
    const read = await from.read(at, READ_SEGMENTS)
    const taken: Segment[] = []
    for (const segment of read) {
      if (!('bytes' in segment) || !(await isTaken(segment))) break
      taken.push(segment)
    }
    const [begin, end] = [taken[0], taken.at(-1)]
    if (begin === undefined || end === undefined) return at
    // These segments were meanwhile merged with segments that were copied before.
    if (begin.first < at) await to.truncate(begin.first)
    await to.append(taken, durability)
    at = end.first + end.count
    if (taken.length < read.length) return at
  }
  return at
}
