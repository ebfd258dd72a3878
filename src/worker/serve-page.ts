/**
 * Answers the page: each `ToNode` in, `FromNode`s out. The one place where messages from the page are checked, since any
 * script of the origin can post them.
 */
import { toHex } from '../core/bytes.ts'
import { openBroadcastChannel } from '../net/broadcast-channel.ts'
import { openRelaySocket } from '../net/relay-socket.ts'
import { formatLink, linkId, linkOf, parseLink, type RoomLink } from '../node/link.ts'
import { exportStored } from '../node/archive.ts'
import type { Decoder } from '../node/decoder.ts'
import { inviteByHand, meetByHand } from '../node/by-hand.ts'
import { createNode, type Node } from '../node/node.ts'
import { copyFromSiblings } from '../node/copy-ops.ts'
import { forgetNode, foundRoom, joinRoom, lockName, type OpenedNode, resumeNode, takeUp } from '../node/open-node.ts'
import { quickenHashing } from '../node/sha256.ts'
import { describeStored } from '../node/stored-facts.ts'
import { deleteIndexedDbStore, openIndexedDbStore } from '../store/indexeddb.ts'
import { type KnownNode, type Store, StoreError } from '../store/store.ts'
import { openRegistry } from '../store/registry.ts'
import type { Forgotten, FromNode, NodeFailure, Replies, StoredFacts, ToNode } from './api.ts'
import { beginningOf } from './beginning.ts'
import { mintDistinct } from './distinct-key.ts'
import { createGraphFeeder } from './graph-feed.ts'
import { forTaking, inOrder } from './kept-order.ts'
import { createPublisher } from './publisher.ts'
import { isToNode } from './check.ts'

type Start = Extract<ToNode, { type: 'start' }>
type Post = (message: FromNode) => void

/** Handles one page's messages; `post` reaches the page. */
export function servePage(post: Post, decoder?: Decoder): (data: unknown) => void {
  let node: Promise<Node | null> | null = null
  const fail = (failure: NodeFailure): null => {
    post({ type: 'failed', failure })
    return null
  }
  // A bug of ours reaches the page as the worker's error, and the console as itself.
  const broken = (error: unknown): null => {
    if (error instanceof StoreError) return fail(error.failure === 'closed' ? 'storage-gone' : 'no-storage')
    reportError(error)
    return null
  }
  const publisher = createPublisher(post, broken)

  const start = async (message: Start): Promise<Node | null> => {
    const link = message.link === null ? null : parseLink(message.link)
    if (message.link !== null && link === null) return fail('bad-link')
    const came = await openNode(message, link).catch(() => null)
    if (came === null) return fail('no-storage')
    const { opened, isFirstHere } = came
    if (opened.resumed) post({ type: 'opening', node: toHex(opened.identity.author) })
    const started = await createNode({
      opened,
      openStore: openIndexedDbStore,
      ways: (name) => [
        { path: 'broadcast', open: openBroadcastChannel(`tabweave/${name}`) },
        ...(message.relay === null ? [] : [{ path: 'relay' as const, open: openRelaySocket({ address: message.relay, room: name }) }]),
      ],
      direct: { page: (command) => post({ type: 'direct', command }), servers: message.servers },
      ...(decoder && { decoder }),
      offline: message.offline.includes(toHex(opened.identity.author)),
      onChange: publisher.changed,
      onBroken: broken,
    })
    const { resumed, identity } = opened
    const replaces = await replacedBy(started.author, toHex(identity.author), message.claim)
    await publisher.begin(started, formatLink(link ?? linkOf(identity)), { resumed, isFirstHere, replaces }, message.added)
    return started
  }

  return (data) => {
    if (!isToNode(data)) return
    if (data.type === 'rooms') return reply(data.ref, listRooms())
    if (data.type === 'forget') return reply(data.ref, forget(data.node))
    if (data.type === 'describeStored') return reply(data.ref, describeAll(data.nodes))
    if (data.type === 'exportStored') return reply(data.ref, exportOf(data.nodes))
    if (data.type === 'start') {
      node ??= start(data).catch(broken)
      return
    }
    node?.then((running) => running && command(running, data)).catch(broken)
  }

  function reply(ref: number, value: Promise<Replies[keyof Replies]>): void {
    value.then((answer) => post({ type: 'reply', ref, value: answer }), broken)
  }

  function command(
    running: Node,
    message: Exclude<ToNode, { type: 'start' | 'rooms' | 'forget' | 'describeStored' | 'exportStored' }>,
  ): void {
    switch (message.type) {
      case 'submit':
        return reply(message.ref, running.submit(message.text))
      case 'offline':
        return void running.setOffline(message.on)
      case 'pause':
        return running.setPaused(message.on)
      case 'writeNow':
        return running.writeNow()
      case 'path':
        return running.setPath(message.path, message.cut, { delay: message.delay, loss: message.loss })
      case 'servers':
        return running.setServers(message.servers)
      case 'present':
        return running.present(message.name, message.typing)
      case 'typed':
        return publisher.typed()
      case 'measure':
        return running.measure()
      case 'wake':
        return running.wake()
      case 'leave':
        return running.leave()
      case 'window':
        return publisher.show(message.from, message.count)
      case 'inspect':
        return reply(
          message.ref,
          running.room.inspect(message.id).then((details) => details && { ...details, text: beginningOf(details.text) }),
        )
      case 'text':
        return reply(message.ref, running.room.text(message.id))
      case 'pending':
        return reply(message.ref, Promise.resolve(running.room.pending()))
      case 'search':
        return reply(message.ref, running.room.search(message.text, message.limit))
      case 'history':
        return reply(
          message.ref,
          running.room.entries(0, Infinity).then(({ entries }) => entries),
        )
      case 'export':
        return reply(message.ref, running.export())
      case 'import':
        return reply(message.ref, running.import(message.bytes))
      case 'equivocations':
        return reply(message.ref, Promise.resolve(running.room.equivocations(message.from, message.count)))
      case 'evidence':
        return reply(message.ref, running.room.evidence(message.id))
      case 'invite':
        return reply(message.ref, inviteByHand(running.direct))
      case 'meet':
        return reply(message.ref, meetByHand(running.direct, message.text))
      case 'direct':
        return running.direct?.hearPage(message.event)
      case 'drawn':
        return publisher.drawn(message.nth)
      case 'graph':
        return publisher.feed(createGraphFeeder(running, message.port))
    }
  }
}

async function openNode(
  { claim, patience, roomName, added }: Start,
  link: RoomLink | null,
): Promise<{ readonly opened: OpenedNode; readonly isFirstHere: boolean }> {
  await quickenHashing()
  if (link === null) return { opened: await foundRoom(openIndexedDbStore, roomName), isFirstHere: true }
  const kept = listNodes()
  const claimed = claim === null ? null : await resumeNode(openIndexedDbStore, claim, link, patience)
  if (claimed !== null) return { opened: claimed, isFirstHere: false }
  const address = formatLink(link)
  const here = forTaking(
    (await kept).filter((node) => node.link === address),
    added,
  ).map(({ id }) => id)
  const free = await takeUp(openIndexedDbStore, here, link)
  if (free !== null) return { opened: free, isFirstHere: false }
  const fresh = await joinRoom(openIndexedDbStore, link, () => mintDistinct(kept, toHex(link.genesis)))
  await copyFromSiblings(openIndexedDbStore, here, link, fresh.store)
  return { opened: fresh, isFirstHere: here.length === 0 }
}

/**
 * The node whose place `author` takes: the one that was opened and is damaged, or the claimed one, if it is gone, or nobody can tell
 * whether it runs. Null if there is none, or it runs in another tab.
 */
async function replacedBy(author: string, opened: string, claim: string | null): Promise<string | null> {
  if (opened !== author) return opened
  if (claim === null || claim === author) return null
  return (await runningNodes()).has(lockName(claim)) ? null : claim
}

/** Names of the locks that nodes hold in this browser; none where there are no locks. */
async function runningNodes(): Promise<ReadonlySet<string | undefined>> {
  const locks = await globalThis.navigator.locks?.query()
  return new Set(locks?.held?.map(({ name }) => name))
}

/** Reads the disks of nodes without their locks: the node that holds a lock may be the one that failed. Null if nothing can be read. */
async function exportOf(ids: readonly string[]): Promise<Replies['exportStored']> {
  const stores: Store[] = []
  try {
    for (const id of ids) {
      const store = await openIndexedDbStore(id)
      // Opening a store makes it if there is none.
      if ((await store.identity()) === null) await store.destroy()
      else stores.push(store)
    }
    return stores.length === 0 ? null : await exportStored(stores)
  } catch {
    return null
  } finally {
    for (const store of stores) store.close()
  }
}

/** One after the other: each takes some 20 ms, and a person may have hundreds. */
async function describeAll(ids: readonly string[]): Promise<Replies['describeStored']> {
  const facts: (StoredFacts | null)[] = []
  for (const id of ids) facts.push(await factsOf(id).catch(() => null))
  return facts
}

async function factsOf(id: string): Promise<StoredFacts | null> {
  const store = await openIndexedDbStore(id)
  // Opening makes what is not there.
  if ((await store.identity()) === null) return store.destroy().then(() => null)
  return describeStored(store).finally(() => store.close())
}

async function forget(id: string): Promise<Forgotten> {
  try {
    if (!(await forgetNode(deleteIndexedDbStore, id))) return 'runs'
    // This comes last: a node that is still listed can be forgotten again.
    await (await openRegistry()).forget(id)
    return 'forgotten'
  } catch {
    return 'failed'
  }
}

async function listRooms(): Promise<Replies['rooms']> {
  const [nodes, held] = [await listNodes(), await runningNodes()]
  return nodes.map((node) => ({ ...node, linkId: linkId(node.link), runs: held.has(lockName(node.id)) }))
}

/** As `kept-order.ts` puts them. */
async function listNodes(): Promise<readonly KnownNode[]> {
  try {
    return inOrder(await (await openRegistry()).list())
  } catch {
    // Without storage there is nothing to resume; "start" will say so.
    return []
  }
}
