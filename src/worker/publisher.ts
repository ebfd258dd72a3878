/**
 * Tells the page what changed, ops at once and other changes a little later: the part of the history that the page shows, status,
 * refusals, the graph's feed.
 */
import { backAt, createBudget, leftAt, spend } from '../core/budget.ts'
import { toHex } from '../core/bytes.ts'
import { idOf, numberOfAuthor } from '../core/dag.ts'
import { linkId } from '../node/link.ts'
import type { Node } from '../node/node.ts'
import { openRegistry } from '../store/registry.ts'
import type { KnownNode } from '../store/store.ts'
import { ownTip } from '../sync/own.ts'
import type { Engine } from '../sync/state.ts'
import { isTakingIn } from '../sync/taking-in.ts'
import { waitsFor } from '../sync/trust.ts'
import type { FromNode, Held } from './api.ts'
import { shownOf } from './beginning.ts'
import type { GraphFeeder } from './graph-feed.ts'
import { createLateWatch, type LateWatch } from './late.ts'
import { createUndrawn } from './undrawn.ts'

/**
 * One frame of a screen (ms). New ops are told at once if none were told within it, since people wait for them. Other changes are told at
 * least that much later, together with later ones. When telling takes longer, as it does with hundreds of peers or thousands of heads,
 * the pause is as long. So telling never takes more than half of the time.
 */
const PAUSE = 16

/**
 * Other changes are told again after so long (ms): people do not notice that. Others can cause changes with each frame that they send,
 * and to show them takes the page several milliseconds. When they were told at each frame of the screen, a flood of garbage took the page
 * half of a core.
 */
const PAUSE_BETWEEN = 100

/**
 * News is told at once NEWS_AT_ONCE times in a row. If it never ends, it is told NEWS_PER_SECOND times: hundreds of forks a second, shown
 * at each frame of the screen, took the page half of a core; and a message that comes while the page draws waits for that. If nothing was
 * told of an author for QUIET ms, that author's op has a budget of its own, QUIET_NEWS_PER_SECOND. So a person who writes beside a flood
 * does not wait for it. This node's own ops are told at once in any case.
 */
const NEWS_AT_ONCE = 16
const NEWS_PER_SECOND = 4
const QUIET_NEWS_PER_SECOND = 10
const QUIET = 500

/**
 * While a room streams in, every picture of its end has new entries, which nobody can read, and to lay one out takes the page longer than
 * a thousand ops take. So pictures are told only so often (ms), until the stream has ended. An own op is told at once.
 */
const PAUSE_WHILE_STREAMING = 500
/** If there are more new ops than this since the last picture, they are a stream: more than a picture shows. */
const STREAM = 64

/**
 * The registry notes at most this often (ms) that this node writes. When a person comes back to the room, the tab is the node that wrote
 * last. A write for each line would slow down typing.
 */
const NOTE_EVERY = 1_000

/** Whether the node, and its room, were in this browser before; and whose place it takes. */
export type Came = Pick<Extract<FromNode, { readonly type: 'opened' }>, 'resumed' | 'isFirstHere' | 'replaces'>

export interface Publisher {
  changed(): void
  /** @param added it runs beside the tab's own node */
  begin(node: Node, link: string, came: Came, added?: boolean): Promise<void>
  show(from: number | null, count: number): void
  /** A person typed as this node. */
  typed(): void
  feed(feeder: GraphFeeder): void
  /** The page has drawn the picture of this number. */
  drawn(nth: number): void
}

/** `failed` hears of failures that stop the node: a store that is gone, or a bug of ours. */
export function createPublisher(post: (message: FromNode) => void, failed: (error: unknown) => void): Publisher {
  let node: Node | null = null
  /** The next telling begins when this one has ended, so that an older answer never comes after a newer one. */
  let telling = false
  /** Something changed since the telling began. */
  let stale = false
  let timer: ReturnType<typeof setTimeout> | undefined
  /** When the next telling begins; and the time before which it must not begin. */
  let dueAt = Infinity
  let restsUntil = -Infinity
  /** When the last telling began. */
  let toldAt = -Infinity
  /** How many ops it told, and how many of them stored; and when ops were last news. −1 when the page waits for something else. */
  let opsTold = -1
  let storedTold = -1
  let newsToldAt = -Infinity
  const undrawn = createUndrawn()
  const news = createBudget(NEWS_AT_ONCE, NEWS_PER_SECOND, performance.now())
  const newsOfQuiet = createBudget(NEWS_AT_ONCE, QUIET_NEWS_PER_SECOND, performance.now())
  const authors = createRecentAuthors()
  /** The latest own op that it told. */
  let ownTold = -1
  let window: { readonly from: number | null; readonly count: number } | null = null
  let shown = ''
  /** The seqs of own entries in the picture that the page has. */
  let ownShown: readonly number[] = []
  let shownAt = -Infinity
  let shownOps = 0
  let refusals = 0
  let namesTold = 0
  let late: LateWatch | null = null
  let feeder: GraphFeeder | null = null
  let name: string | null = null
  let opened: ((name: string) => void) | null = null
  let noteUse: ((how: Use) => void) | null = null
  let typedNotedAt = -Infinity
  let again: ReturnType<typeof setTimeout> | null = null
  let noteTimer: ReturnType<typeof setTimeout> | null = null

  // The digest is that of the stored ops.
  const isNews = ({ engine }: Node): boolean => engine.replica.dag.length !== opsTold || engine.stored !== storedTold

  /** Whether news is told because an author was quiet before. */
  const isForQuiet = ({ engine }: Node, now: number): boolean =>
    leftAt(news, now) <= 0 && authors.isQuiet(engine, now) && leftAt(newsOfQuiet, now) > 0

  const newsAt = (running: Node, now: number): number => {
    const isAllowed = leftAt(news, now) > 0 || ownTip(running.engine) !== ownTold || isForQuiet(running, now)
    return Math.max(newsToldAt + PAUSE, isAllowed ? now : backAt(news, now))
  }

  const changed = (): void => {
    stale = true
    if (telling || node === null) return
    const running = node
    const now = performance.now()
    const freeAt = undrawn.freeAt(now, ownTip(running.engine) !== ownTold || isForQuiet(running, now))
    const at = Math.max(restsUntil, freeAt, isNews(running) ? newsAt(running, now) : Math.max(now + PAUSE, toldAt + PAUSE_BETWEEN))
    if (at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(() => void tell(running), Math.max(0, at - now))
  }

  const lookAgain = (): void => {
    again = null
    changed()
  }

  const noteSoon = (): void => {
    noteTimer ??= setTimeout(() => {
      noteTimer = null
      noteUse?.('written')
    }, NOTE_EVERY)
  }

  const tell = async (running: Node): Promise<void> => {
    telling = true
    stale = false
    dueAt = Infinity
    const began = performance.now()
    toldAt = began
    if (isNews(running)) {
      newsToldAt = began
      // Own ops are told without one. They leave no more debt than another telling, since what follows waits for it.
      spend(isForQuiet(running, began) ? newsOfQuiet : news, 1, began, 1)
    }
    authors.told(running.engine)
    const own = ownTip(running.engine)
    if (own !== ownTold) {
      noteSoon()
      shownAt = -Infinity
    }
    ownTold = own
    opsTold = running.engine.replica.dag.length
    storedTold = running.engine.stored
    await publish(running).catch(failed)
    const told = performance.now()
    restsUntil = told + (told - began)
    telling = false
    if (stale) changed()
  }

  /** True if the next ops change the state again soon. Then the picture that is left out now is not the last one. */
  const isStreaming = ({ engine }: Node, ops: number): boolean => ops - shownOps > STREAM && isTakingIn(engine, performance.now())

  const publish = async (running: Node): Promise<void> => {
    const status = running.status()
    if (name === null) {
      name = await running.name()
      if (name !== null) opened?.(name)
    }
    // The digest is that of the stored ops. An op is shown before it is stored, since people wait for it.
    const room = `${status.ops} ${status.stored} ${status.authors} ${JSON.stringify(window)}`
    const state = `${room} ${receiptsOf(ownShown.map(running.room.held()))}`
    if (running.names.version !== namesTold) {
      namesTold = running.names.version
      post({ type: 'names', names: [...running.names.all()] })
    }
    // This comes first, since showing the rest takes the page as long again.
    if (window !== null && state !== shown && !(isStreaming(running, status.ops) && performance.now() < shownAt + PAUSE_WHILE_STREAMING)) {
      shownAt = performance.now()
      shownOps = status.ops
      const { total, from, entries } = await running.room.entries(window.from, window.count)
      const own = entries.filter(({ held }) => held !== null)
      ownShown = own.map(({ seq }) => seq)
      shown = `${room} ${receiptsOf(own.map(({ held }) => held!))}`
      post({ type: 'history', total, from, entries: entries.map(shownOf) })
    }
    // This comes after the picture that they are in: the page looks whether they are in sight.
    const takesIn = isTakingIn(running.engine, performance.now())
    // Nothing tells the publisher that answers bring no more. What is held back until then is looked at again.
    if (takesIn) again ??= setTimeout(lookAgain, PAUSE_WHILE_STREAMING)
    const { count, first } = late!.look(takesIn, performance.now())
    if (count > 0) {
      const { dag } = running.engine.replica
      post({ type: 'late', count, entries: first.map((op) => ({ id: toHex(idOf(dag, op)), author: dag.author[op]! })) })
    }
    post({ type: 'status', status })
    if (running.refused.count !== refusals) {
      refusals = running.refused.count
      post({ type: 'refused', entries: running.refused.latest(), count: refusals })
    }
    post({ type: 'picture', nth: undrawn.tell(performance.now()) })
    // This comes after what people read: the graph of a large room is long, and comes in parts.
    if (feeder?.flush() === true) stale = true
  }

  return {
    changed,
    async begin(running, link, came, added = false) {
      const { author, engine } = running
      const room = toHex(engine.replica.room)
      noteUse = (how) => remember({ id: author, room, roomName: name ?? '', link, added }, how, Date.now())
      const open = (roomName: string): void => {
        post({ type: 'opened', node: author, room, roomName, link, linkId: linkId(link), ...came })
        noteUse?.('opened')
      }
      name = await running.name()
      // A joiner learns the room's name with its genesis; until then the room is open and nameless.
      opened = open
      open(name ?? '')
      node = running
      late = createLateWatch(engine.replica, performance.now(), isWrittenBy(engine))
      ownTold = ownTip(running.engine)
      changed()
    },
    show(from, count) {
      window = { from, count }
      opsTold = -1
      changed()
    },
    typed() {
      const now = performance.now()
      if (now < typedNotedAt + NOTE_EVERY) return
      typedNotedAt = now
      // At once: the tab may be closed next.
      noteUse?.('typed')
    },
    feed(next) {
      feeder = next
      changed()
    },
    drawn(nth) {
      undrawn.drawn(nth)
      if (stale) changed()
    },
  }
}

/** Own ops that come back from others, after a disk has lost them, were not written now: the node signs nothing until it has them. */
const isWrittenBy =
  (engine: Engine) =>
  (op: number): boolean => {
    const { dag } = engine.replica
    return dag.author[op] === numberOfAuthor(dag, engine.author) && waitsFor(engine) === null
  }

const receiptsOf = (held: readonly Held[]): string => held.map(({ by, here }) => `${by}/${here}`).join()

/**
 * Authors of ops that came in the last QUIET ms. `isQuiet`: whether an op that was not told yet is of an author without such ops. O(1)
 * for each new op; keeps the authors of twice that time.
 */
function createRecentAuthors(): { isQuiet(engine: Engine, now: number): boolean; told(engine: Engine): void } {
  let recent = new Set<number>()
  let earlier = new Set<number>()
  let turnedAt = -Infinity
  /** Ops that were looked at, and whether one of those that were not told is of a quiet author. */
  let seen = 0
  let found = false
  const turn = (now: number): void => {
    if (now < turnedAt + QUIET) return
    earlier = now < turnedAt + 2 * QUIET ? recent : new Set()
    recent = new Set()
    turnedAt = now
  }
  return {
    isQuiet({ replica: { dag } }, now) {
      turn(now)
      for (; seen < dag.length; seen++) {
        const author = dag.author[seen]!
        found ||= !recent.has(author) && !earlier.has(author)
        recent.add(author)
      }
      return found
    },
    told({ replica: { dag } }) {
      seen = dag.length
      found = false
    },
  }
}

let registry: ReturnType<typeof openRegistry> | null = null

type Use = 'opened' | 'written' | 'typed'

let noting = Promise.resolve()

/** Notes that a node was used; one note after the other, since each keeps what the others have told. */
function remember(node: Omit<KnownNode, 'lastUsed' | 'lastWritten' | 'lastTyped'>, how: Use, now: number): void {
  noting = noting.then(() => note(node, how, now))
}

async function note(node: Omit<KnownNode, 'lastUsed' | 'lastWritten' | 'lastTyped'>, how: Use, now: number): Promise<void> {
  try {
    registry ??= openRegistry()
    const { list, put } = await registry
    const before = (await list()).find(({ id }) => id === node.id)
    const { lastUsed = now, lastWritten, lastTyped } = before ?? {}
    await put({
      ...node,
      lastUsed,
      ...(lastWritten !== undefined && { lastWritten }),
      ...(lastTyped !== undefined && { lastTyped }),
      ...(how === 'typed' ? { lastTyped: now } : { lastUsed: now }),
      ...(how === 'written' && { lastWritten: now }),
    })
  } catch {
    registry = null
    // The list of nodes is a convenience: the node itself is in its own database.
  }
}
