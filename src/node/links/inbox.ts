/**
 * Which frames are opened, and in which order. To open a frame takes a key, a decryption and a signature: some 0.3 ms, before the node
 * knows whether the frame is good. So frames wait in three lines, one for each standing of a sender. Each line has a budget, so that no
 * number of senders takes more than a part of a processor. In a line senders take turns, a frame each. So a sender that says little is
 * opened before the rest of a sender that says much, however many sender values that one uses.
 *
 * The frames that wait in a line have a bound too. Beyond it, the sender with most frames (or bytes) waiting there loses its latest one.
 * So a sender with less than an equal part loses nothing. An attacker may use a new sender value for each frame. Among senders that wait
 * with one frame each, lots are drawn: each has the same chance.
 */
import { type Budget, createBudget, leftAt, oneAt } from '../../core/budget.ts'
import { setLatest } from '../../core/latest.ts'
import type { PeerId } from '../../sync/effects.ts'
import { LEAST_AT_ONCE, type Standing } from '../../sync/peers.ts'

/** Frames of senders without a seat, at once and in a second: some 8 % of a processor. */
export const MAX_UNKNOWN = 256
export const UNKNOWN_PER_SECOND = 256
/** Frames of all met senders that are not known, at once and in a second (some 8 % of a processor): met sender values cost nothing either. */
export const MAX_MET = 1_024
export const MET_PER_SECOND = 256
/** Frames of all known senders that bring no ops, at once and in a second (some 30 % of a processor): four for each of 256 peers. */
export const MAX_TRUSTED = 2_048
export const TRUSTED_PER_SECOND = 1_024
/** So many bytes of a frame cost as much as one more frame: to open the largest one takes 9 ms. */
const BYTES_AS_FRAME = 64 * 1024
/** Frames that each admitted op pays for: on three paths it comes three times. And the most frames that a sender can save up. */
const FRAMES_PER_OP = 4
export const MAX_SAVED = 8_192
/** Senders whose savings are kept: each sender with a seat, on two paths. The one that earned longest ago is forgotten first. */
export const MAX_SAVERS = 512
/**
 * Frames and bytes that wait in each line, and no more frames than its budget has at once: a second of it, and several answers. Further
 * frames are lost, as any frame may be, and are asked for again.
 */
export const MAX_WAITING_FRAMES = 1_024
export const MAX_WAITING_BYTES = 16 * 1024 * 1024
/** Frames that are opened at the same time: as many as keep the platform's cryptography busy. */
export const MAX_OPENED_AT_ONCE = 16
/**
 * One frame in so many is of the lowest line that has one: frames that were earned need no budget, and could keep the lower lines
 * waiting.
 */
const LOWEST_EVERY = 8

const BEST_FIRST: readonly Standing[] = ['trusted', 'met', 'unknown']
const LOWEST_FIRST = BEST_FIRST.toReversed()

/** Opens a frame. False if it was refused before its signature was verified, which takes most of the time. */
type Open = () => Promise<boolean>

interface Frame {
  readonly sender: string
  readonly bytes: number
  /** What its sender earned has paid for it, or nothing has to; its line's budget does not pay. */
  readonly isPaid: boolean
  readonly open: Open
}

interface Queue {
  readonly frames: Frame[]
  bytes: number
}

interface Line {
  readonly budget: Budget
  /** By sender: the first one is next. */
  readonly queues: Map<string, Queue>
  frames: number
  bytes: number
}

export interface Inbox {
  readonly lines: Readonly<Record<Standing, Line>>
  /** Frames that a sender has earned, by the key of its queue. */
  readonly saved: Map<string, number>
  /** Frames that are being opened, and how many were taken from a line so far. */
  opening: number
  taken: number
  isWaking: boolean
  /** The most frames that a sender can save up. */
  readonly mostSaved: number
  /** What its payer gets back for a frame that is refused before its signature is verified: without the platform's cryptography nearly all. */
  readonly unverified: number
  readonly platform: InboxPlatform
}

export interface InboxPlatform {
  /** In ms. */
  now(): number
  /** In [0, 1). */
  random(): number
  later(ms: number, wake: () => void): void
}

/**
 * @param cost what it costs to open a frame here, compared with the platform's cryptography. All that may be opened is divided by it, so
 * it takes the same part of a processor.
 */
export function createInbox(platform: InboxPlatform, cost: number): Inbox {
  const lineOf = (most: number, perSecond: number): Line => ({
    budget: createBudget(Math.max(LEAST_AT_ONCE, most / cost), perSecond / cost, platform.now()),
    queues: new Map(),
    frames: 0,
    bytes: 0,
  })
  return {
    lines: {
      trusted: lineOf(MAX_TRUSTED, TRUSTED_PER_SECOND),
      met: lineOf(MAX_MET, MET_PER_SECOND),
      unknown: lineOf(MAX_UNKNOWN, UNKNOWN_PER_SECOND),
    },
    saved: new Map(),
    opening: 0,
    taken: 0,
    isWaking: false,
    mostSaved: Math.floor(MAX_SAVED / cost),
    unverified: 1 - 1 / cost,
    platform,
  }
}

/** The queue of a proven channel: frames that others send under its owner's sender value on other paths are not in it. */
export const channelOf = (peer: PeerId): string => `channel ${peer}`
/** The queue of a tab of this browser. Only scripts of this origin can write there, so its frames need no budget. */
export const tabOf = (peer: PeerId): string => `tab ${peer}`
const isTab = (sender: string): boolean => sender.startsWith('tab ')

/**
 * Opens a frame when it is its turn, or never. O(senders) when more frames wait than may.
 * @param sender the key of the queue: that of the far end of a proven channel, or the sender value that the frame names
 */
export function take(inbox: Inbox, sender: string, standing: Standing, bytes: number, open: Open): void {
  const line = inbox.lines[standing]
  const queue = line.queues.get(sender) ?? { frames: [], bytes: 0 }
  line.queues.set(sender, queue)
  add(line, queue, { sender, bytes, isPaid: isTab(sender) || spendSaved(inbox, sender, priceOf(bytes)), open })
  if (line.frames > Math.min(MAX_WAITING_FRAMES, line.budget.most)) loseOne(line, ({ frames }) => frames.length, inbox.platform.random)
  while (line.bytes > MAX_WAITING_BYTES) loseOne(line, (each) => each.bytes, inbox.platform.random)
  next(inbox)
}

/** A sender brought ops that were admitted. */
export function earned(inbox: Inbox, sender: PeerId, ops: number): void {
  for (const key of [sender, channelOf(sender)]) {
    const saved = Math.min(inbox.mostSaved, (inbox.saved.get(key) ?? 0) + FRAMES_PER_OP * ops)
    setLatest(inbox.saved, key, saved, MAX_SAVERS)
  }
}

/** What it costs to open a frame, in the smallest ones. */
const priceOf = (bytes: number): number => 1 + Math.floor(bytes / BYTES_AS_FRAME)

/** Pays for a frame by what its sender has earned; false, and nothing is paid, if that is too little. */
function spendSaved({ saved }: Inbox, sender: string, price: number): boolean {
  const left = saved.get(sender) ?? 0
  if (left < price) return false
  saved.set(sender, left - price)
  return true
}

/** A sender has no seat any more. */
export function forget(inbox: Inbox, sender: PeerId): void {
  inbox.saved.delete(sender)
  inbox.saved.delete(channelOf(sender))
}

function add(line: Line, queue: Queue, frame: Frame): void {
  queue.frames.push(frame)
  queue.bytes += frame.bytes
  line.frames++
  line.bytes += frame.bytes
}

/** The sender with most frames waiting loses its latest one; of several with as many, one by lot. */
function loseOne(line: Line, measure: (queue: Queue) => number, random: () => number): void {
  let [most, loser, equals] = [0, '', 1]
  for (const [sender, queue] of line.queues) {
    const measured = measure(queue)
    if (measured < most) continue
    equals = measured > most ? 1 : equals + 1
    if (random() * equals < 1) loser = sender
    most = measured
  }
  const queue = line.queues.get(loser)!
  leave(line, queue, queue.frames.pop()!)
  if (queue.frames.length === 0) line.queues.delete(loser)
}

function leave(line: Line, queue: Queue, { bytes }: Frame): void {
  queue.bytes -= bytes
  line.frames--
  line.bytes -= bytes
}

function next(inbox: Inbox): void {
  while (inbox.opening < MAX_OPENED_AT_ONCE) {
    const taken = takeNext(inbox)
    if (taken === null) return wakeLater(inbox)
    inbox.opening++
    void openOne(inbox, taken)
  }
}

async function openOne(inbox: Inbox, [standing, frame]: readonly [Standing, Frame]): Promise<void> {
  try {
    if (!(await frame.open())) giveBack(inbox, standing, frame)
  } finally {
    inbox.opening--
    next(inbox)
  }
}

/**
 * Anybody can put garbage under another's sender value. It is refused by the room's key, which takes little. So it must not use up what
 * the frames of that sender need.
 */
function giveBack({ lines, saved, unverified }: Inbox, standing: Standing, { sender, isPaid }: Frame): void {
  if (!isPaid) lines[standing].budget.left += unverified
  else if (saved.has(sender)) saved.set(sender, saved.get(sender)! + unverified)
}

/** The frame that is opened next; null when no frame may be opened. */
function takeNext(inbox: Inbox): readonly [Standing, Frame] | null {
  for (const standing of inbox.taken % LOWEST_EVERY === LOWEST_EVERY - 1 ? LOWEST_FIRST : BEST_FIRST) {
    const frame = takeFrom(inbox, standing)
    if (frame === null) continue
    inbox.taken++
    return [standing, frame]
  }
  return null
}

/**
 * The first frame of the first sender whose turn it is and for which the budget, or the sender, pays. O(senders) while the budget is
 * empty.
 */
function takeFrom(inbox: Inbox, standing: Standing): Frame | null {
  const line = inbox.lines[standing]
  if (line.frames === 0) return null
  const isLeft = leftAt(line.budget, inbox.platform.now()) >= 1
  for (const [sender, queue] of line.queues) {
    const [frame] = queue.frames as [Frame]
    if (!frame.isPaid && !isLeft) continue
    if (!frame.isPaid) line.budget.left -= priceOf(frame.bytes)
    queue.frames.shift()
    leave(line, queue, frame)
    line.queues.delete(sender)
    if (queue.frames.length > 0) line.queues.set(sender, queue)
    return frame
  }
  return null
}

/** Continues when a budget has a frame again. */
function wakeLater(inbox: Inbox): void {
  if (inbox.isWaking) return
  const { lines, platform } = inbox
  const now = platform.now()
  const waiting = BEST_FIRST.filter((standing) => lines[standing].frames > 0)
  if (waiting.length === 0) return
  const at = waiting.map((standing) => Math.max(now + 1, oneAt(lines[standing].budget, now)))
  inbox.isWaking = true
  platform.later(at.reduce((first, each) => Math.min(first, each), Infinity) - now, () => {
    inbox.isWaking = false
    next(inbox)
  })
}
