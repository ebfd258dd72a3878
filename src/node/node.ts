/**
 * A running node: replica, disk, paths, and the functions that a page may call. Built from ports, so that a tab's worker, a test and a
 * terminal run the same node.
 */
import { fromHex, toHex } from '../core/bytes.ts'
import { idOf, numberOfAuthor } from '../core/dag.ts'
import { MAX_ROOM_NAME } from '../core/limits.ts'
import { asAuthor, asOpId } from '../core/op.ts'
import type { Refusal } from '../core/result.ts'
import { quotable } from '../core/quotable.ts'
import { encodeBody } from '../crdt/body.ts'
import { judgeOpen } from '../rules/open.ts'
import { deriveRoom } from '../net/keys.ts'
import { createDirect, type Direct } from '../net/direct/direct.ts'
import type { IceServer, PageCommand } from '../net/direct/page-port.ts'
import type { Hindrance } from '../net/hindered.ts'
import type { OpenTransport, Path } from '../net/transport.ts'
import { decodeFile } from '../sync/wrap.ts'
import { type Place, StoreError } from '../store/store.ts'
import { fileLink, isFile, type Link, type Notice, type PeerId } from '../sync/effects.ts'
import { createEngine, restore, restoreIndex } from '../sync/engine.ts'
import { isAlive, isCurrent, isCut, seniorityOf, standingOf } from '../sync/peers.ts'
import { recall } from '../sync/trust.ts'
import type { Engine } from '../sync/state.ts'
import { isTakingIn } from '../sync/taking-in.ts'
import { exportRoom } from './archive.ts'
import { createDecoder, type Decoder } from './decoder.ts'
import { beginImport, createImports, endImport, noteRefusal } from './imports.ts'
import { createLibrary } from './library.ts'
import { createLinks, type Links } from './links/links.ts'
import type { LinksEvents } from './links/state.ts'
import { createLoop } from './loop.ts'
import { type OpenedNode, type OpenStore, readDisk, readIndex } from './open-node.ts'
import { createNames, type Names } from './names.ts'
import { createPacker } from './packer.ts'
import { asName, createPresence } from './presence.ts'
import { type Lacking, lackingIn, salvage, takeRescued } from './rescue.ts'
import { createRefusedLog, type RefusedLog } from './refused-log.ts'
import { createRoom, type Room } from './room.ts'
import { createSegments } from './segments.ts'
import { signWith } from './signer.ts'
import { startScrub } from './scrub.ts'
import { createSession } from './session.ts'
import { holdSession } from './links/session-lock.ts'
import { generateKey } from './signer.ts'
import { statusOf } from './status.ts'
import type { ExportedRoom, Hex, ImportOutcome, NodeStatus, SubmitReply } from './views.ts'
import { createVerifier, openingCostBy, signatureCostBy, verifyOneBy } from './verifier.ts'

/** The import of rescued ops. A person's imports are numbered from 1 on. */
const FROM_DISK = 0

export interface NodeOptions {
  readonly opened: OpenedNode
  readonly openStore: OpenStore
  /** The paths to others, given the room's relay name. */
  readonly ways: (relayName: string) => readonly { readonly path: Path; readonly open: OpenTransport }[]
  /** The direct path, if there is a page that can make connections: how the page gets commands, and servers that may help. */
  readonly direct?: { readonly page: (command: PageCommand) => void; readonly servers: readonly IceServer[] }
  /** It begins with all paths closed. */
  readonly offline?: boolean
  /** The decoder of bundles; this thread, if there is no other. */
  readonly decoder?: Decoder
  /** Makes a key that this node's stores can keep. */
  readonly mint?: typeof generateKey
  /** Called when something that a view shows may have changed. */
  readonly onChange: () => void
  /** A bug of ours. */
  readonly onBroken: (error: unknown) => void
}

export interface Node {
  readonly engine: Engine
  readonly room: Room
  readonly refused: RefusedLog
  readonly author: Hex
  /** The chosen names of authors. */
  readonly names: Names
  /** The direct path, if there is one. */
  readonly direct: Direct | null
  /** The room's name, once its genesis is here. The founder may have given a very long one; this is its beginning. */
  name(): Promise<string | null>
  status(): NodeStatus
  /** Servers that help direct connections from now on. */
  setServers(servers: readonly IceServer[]): void
  /** Tells peers this node's name, and whether its person types. No op holds this. */
  present(name: string, typing: boolean): void
  submit(text: string): Promise<SubmitReply>
  setOffline(on: boolean): Promise<void>
  /** Stops asking for missing ops (true), or asks for them again (false). */
  setPaused(on: boolean): void
  /** Writes although own ops may be lost here and held by others. */
  writeNow(): void
  /** The network, the device or the person is back: tries all paths at once. */
  wake(): void
  /** Says farewell to all connected peers. The node goes on if it is not closed. */
  leave(): void
  /** Cuts a path by hand, or heals it, and sets what hinders its frames. */
  setPath(path: Path, cut: boolean, hindrance: Hindrance): void
  /** Measures the round trips to a few peers. */
  measure(): void
  export(): Promise<ExportedRoom>
  import(bytes: Uint8Array): Promise<ImportOutcome>
  /** Ends the node: nothing is asked of it any more. */
  close(): Promise<void>
}

export async function createNode({
  opened: found,
  openStore,
  ways,
  direct: way,
  offline: startsOffline = false,
  decoder = createDecoder(),
  mint = generateKey,
  onChange,
  onBroken,
}: NodeOptions): Promise<Node> {
  const session = await generateKey()
  const verifier = await createVerifier()
  const { opened, engine, index, rescued } = await readNode(found, session.author, signatureCostBy(verifier), openStore, mint)
  const { identity, store } = opened
  const { relayName, roomKey } = deriveRoom(identity.secret, identity.genesis)
  const sealer = await createSession(identity.genesis, roomKey, session, (sender) => engine.peers.has(sender))
  const segments = createSegments({
    store,
    idOf: (op) => idOf(engine.replica.dag, op),
    indexed: index.reduce((sum, { count }) => sum + count, 0),
    scrubFrom: Math.random(),
    onDamaged({ first }) {
      refuse('disk', 'bad-checksum')
      // At its next start the node reads these segments and salvages the whole ones.
      void packer.stop().then(() => store.cutIndex(first).catch(onBroken))
    },
  })
  const library = createLibrary(segments, () => engine.stored)
  const refused = createRefusedLog()
  const submits = new Map<number, (reply: SubmitReply) => void>()
  const imports = createImports()
  let lastRef = FROM_DISK
  let offline = startsOffline
  let switching: Promise<void> = Promise.resolve()

  const refuse = (from: Link, reason: Refusal, id: Uint8Array | null = null): void => {
    const entry = {
      reason,
      id: id && toHex(id),
      from: from === fileLink(FROM_DISK) ? 'disk' : isFile(from) ? 'file' : from,
      at: Date.now(),
    }
    refused.add(entry)
    noteRefusal(imports, from, entry)
    onChange()
  }
  if (opened.salvaged || rescued.damaged > 0) refuse('disk', 'bad-checksum')

  const authorOf = (peer: PeerId): Uint8Array | null => engine.peers.get(peer)?.author ?? null
  const seniorityOfAuthor = (author: Uint8Array): number | null => {
    const number = numberOfAuthor(engine.replica.dag, author)
    return number < 0 ? null : number
  }
  const names = createNames({
    stored: await store.names(),
    seniorityOf: (author) => seniorityOfAuthor(fromHex(author)!),
    // A disk that is full or gone shows elsewhere. Names are not needed.
    write: (bytes) => void store.putNames(bytes).catch((error) => error instanceof StoreError || onBroken(error)),
    now: () => performance.now(),
  })
  const presence = createPresence({
    peers: engine.peers,
    seniorityOf: (peer) => seniorityOf(engine, peer),
    isAlive: (peer) => isAlive(engine, peer),
    isCurrent: (peer) => isCurrent(engine, peer),
    onCalled: (called) => names.hear(called),
    send: (bytes) => links.signal(bytes),
    now: () => performance.now(),
    random: Math.random,
    onChange,
  })
  let servers = way?.servers ?? []
  const direct =
    way === undefined
      ? null
      : createDirect({
          room: engine.replica.room,
          author: asAuthor(identity.author),
          self: engine.sender,
          sign: (message) => signWith(identity.key, message),
          verify: verifyOneBy(verifier),
          page: way.page,
          get servers() {
            return servers
          },
        })
  const packer = createPacker(store, engine, index, onBroken)
  const loop = createLoop({
    engine,
    store,
    segments,
    key: identity.key,
    verifier,
    decoder,
    now: () => performance.now(),
    send: (to, bytes) => links.send(to, bytes),
    sendBulk: (to, bytes, way) => links.sendBulk(to, bytes, way),
    disconnect: () => onChange(),
    notice: (notice) => hear(notice),
    broken: onBroken,
  })

  const events: LinksEvents = {
    onMessage: (from, bytes, how) => loop.give({ type: 'bytes', from, bytes, ...how }),
    onGone: (peer) => loop.give({ type: 'gone', peer }),
    onHeard: (peer, way) => loop.give({ type: 'heard', from: peer, way }),
    standingOf: (peer) => standingOf(engine, peer),
    onSignal: (from, bytes) => presence.hear(from, bytes),
    onLinked: () => loop.give({ type: 'linked' }),
    onRefused: refuse,
    authorOf,
    seniorityOf: seniorityOfAuthor,
    isCut: (peer) => isCut(engine, peer),
    onChange,
  }
  const leave = (): void => {
    presence.leave()
    loop.give({ type: 'leaving' })
  }
  const links: Links = createLinks(ways(relayName), sealer, events, engine.senderId, openingCostBy(verifier), direct)

  const hear = (notice: Notice): void => {
    switch (notice.type) {
      case 'admitted':
        library.add(notice.first, notice.unit)
        for (const [link, unit] of notice.brought) links.earned(link, unit.length)
        presence.wrote(notice.unit)
        break
      case 'refused':
        refuse(notice.from, notice.reason, notice.id)
        break
      case 'accepted':
        submits.get(notice.ref)?.({ id: toHex(notice.id) })
        submits.delete(notice.ref)
        break
      case 'notAccepted':
        submits.get(notice.ref)?.({ refused: notice.reason })
        submits.delete(notice.ref)
        break
      case 'imported':
        endImport(imports, notice)
        break
      case 'changed':
        library.tidy()
        packer.due()
    }
    onChange()
  }

  const node: Node = {
    engine,
    room: createRoom(engine, library, names.all),
    refused,
    author: toHex(identity.author),
    names,
    direct,
    async name() {
      if (engine.replica.dag.length === 0) return null
      const [page] = await library.read([0])
      return page?.body.kind === 'genesis' ? quotable(Array.from(page.body.name).slice(0, MAX_ROOM_NAME).join('')) : null
    },
    status: () => statusOf(engine, links, presence, offline),
    setServers: (next) => void (servers = next),
    present(name, typing) {
      presence.say(name, typing)
      names.sayOwn(node.author, asName(name))
      onChange()
    },
    async submit(text) {
      if (!text.isWellFormed()) return { refused: 'bad-text' }
      if (engine.storage === 'full') return { refused: 'disk-full' }
      const ref = ++lastRef
      const body = encodeBody({ kind: 'message', text })
      return new Promise((resolve) => {
        submits.set(ref, resolve)
        loop.give({ type: 'submit', ref, body, time: secondsNow() })
      })
    },
    async setOffline(on) {
      if (on === offline) return
      offline = on
      if (on) leave()
      // Closing takes a moment. Later calls have their turn after it.
      switching = switching.then(() => (on ? links.close() : links.open()))
      await switching
    },
    setPaused: (on) => loop.give({ type: 'pause', on }),
    writeNow: () => loop.give({ type: 'writeNow' }),
    wake: () => links.wake(),
    leave: () => void (offline || leave()),
    setPath: (path, cut, hindrance) => links.setPath(path, cut, hindrance),
    measure: () => links.measure([...engine.peers.keys()]),
    export: () => exportRoom(library, store),
    async import(bytes) {
      const { bundles, unread } = decodeFile(bytes)
      const ref = ++lastRef
      return new Promise((resolve) => {
        beginImport(imports, ref, unread, resolve)
        if (unread !== null) refuse(fileLink(ref), unread.reason)
        loop.give({ type: 'import', ref, bundles })
      })
    },
    async close() {
      loop.stop()
      presence.close()
      names.close()
      decoder.close()
      endRescue()
      endScrub()
      await Promise.all([links.close(), packer.stop()])
      store.close()
    },
  }
  await holdSession(engine.senderId)
  const endRescue = takeRescued(rescued.lacking, engine.replica, (bundles) => {
    return new Promise((resolve) => {
      beginImport(imports, FROM_DISK, null, () => resolve())
      loop.give({ type: 'import', ref: FROM_DISK, bundles })
    })
  })
  if (!startsOffline) links.open()
  packer.due()
  const endScrub = startScrub(segments, () => !isTakingIn(engine, performance.now()), onBroken)
  return node
}

/**
 * The engine with the ops of the disk, which of them the index listed, and bundles of rescued ops that are still to be taken in. A damaged
 * disk is salvaged first.
 */
async function readNode(
  opened: OpenedNode,
  sender: Uint8Array,
  signatureCost: number,
  openStore: OpenStore,
  mint: typeof generateKey,
): Promise<{ opened: OpenedNode; engine: Engine; index: Place[]; rescued: Lacking }> {
  const engine = createEngine({
    room: asOpId(opened.identity.genesis),
    author: asAuthor(opened.identity.author),
    sender,
    judge: judgeOpen,
    seed: crypto.getRandomValues(new Int32Array(1))[0]!,
    random: Math.random,
    now: performance.now(),
    resumed: opened.resumed,
    signatureCost,
  })
  const index = await readIndex(opened.store, (bytes, expected) => restoreIndex(engine, bytes, expected))
  const damaged = await readDisk(opened.store, engine.stored, (units) => restore(engine, units))
  if (damaged === null) {
    recall(engine, await opened.store.mark())
    return { opened, engine, index, rescued: await lackingIn(opened.store, engine.replica.dag) }
  }
  return readNode(await salvage(openStore, opened, damaged, mint), sender, signatureCost, openStore, mint)
}

/** The author's clock as ops carry it. A clock that stands before 1970 gives 1970. */
const secondsNow = (): number => Math.max(0, Math.floor(Date.now() / 1000))
