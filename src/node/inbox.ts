/**
 * Which frames are opened, and in which order. Opening one takes a key, a decryption and a signature: some 0.3 ms, before anybody
 * knows whether it is worth it. So each frame is paid for first, by its sender if that has a seat, and by a budget that
 * all others share if it has none. Who gets something of a shared budget is drawn by lot. Frames of trusted senders are opened
 * first, so that a flood delays nobody who is known by a frame more than those that are being opened.
 */
import { type Budget, createBudget, drawOne, takeOne } from '../core/budget.ts'
import type { PeerId } from '../sync/effects.ts'
import type { Standing } from '../sync/peers.ts'

/** Frames of senders without a seat, at once and in a second: some 8 % of a processor. */
export const MAX_UNKNOWN = 256
export const UNKNOWN_PER_SECOND = 256
/** Frames of a sender with a seat that bring nothing, at once and in a second: heartbeats, names, typing and signals take a few. */
export const MAX_IDLE_FRAMES = 512
export const IDLE_FRAMES_PER_SECOND = 64
/** Frames that each op that is admitted pays for: on three paths it comes three times. And the most that a sender can save up. */
const FRAMES_PER_OP = 4
const MAX_SAVED = 8_192
/** And what those who have used up their own share, all together. */
export const MAX_SHARED = 512
export const SHARED_PER_SECOND = 256
/** Frames of all who are met and not trusted, at once and in a second (some 15 % of a processor): names that are met cost nothing either. */
export const MAX_MET = 1_024
export const MET_PER_SECOND = 512
/** Senders whose accounts are kept, the one silent for longest is forgotten first: twice as many as have a seat. */
export const MAX_ACCOUNTS = 512
/** Frames that are opened at the same time: as many as keep the platform's cryptography busy. */
export const MAX_OPENED_AT_ONCE = 16

export interface Inbox {
  readonly unknown: Budget
  readonly met: Budget
  readonly shared: Budget
  /** Of senders with a seat: what comes back with time, and frames that they have earned. */
  readonly accounts: Map<PeerId, { readonly idle: Budget; saved: number }>
  readonly waiting: Record<Standing, (() => Promise<void>)[]>
  opened: number
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
}

export const createInbox = (now: () => number, random: () => number): Inbox => ({
  unknown: createBudget(MAX_UNKNOWN, UNKNOWN_PER_SECOND, now()),
  met: createBudget(MAX_MET, MET_PER_SECOND, now()),
  shared: createBudget(MAX_SHARED, SHARED_PER_SECOND, now()),
  accounts: new Map(),
  waiting: { trusted: [], met: [], unknown: [] },
  opened: 0,
  now,
  random,
})

/**
 * Whether a frame is worth opening; it is paid for then.
 * @param sender whose account pays: the far end of a proven channel, or who the frame says that it is from
 */
export function pays(inbox: Inbox, sender: PeerId | null, standing: Standing): boolean {
  const now = inbox.now()
  if (sender === null || standing === 'unknown') return drawOne(inbox.unknown, now, inbox.random())
  const account = inbox.accounts.get(sender) ?? { idle: createBudget(MAX_IDLE_FRAMES, IDLE_FRAMES_PER_SECOND, now), saved: 0 }
  inbox.accounts.delete(sender)
  inbox.accounts.set(sender, account)
  if (inbox.accounts.size > MAX_ACCOUNTS) inbox.accounts.delete(inbox.accounts.keys().next().value!)
  if (account.saved > 0) return account.saved-- > 0
  const isIdle = takeOne(account.idle, now) && (standing === 'trusted' || drawOne(inbox.met, now, inbox.random()))
  return isIdle || drawOne(inbox.shared, now, inbox.random())
}

/** A sender with a seat brought ops that were admitted. */
export function earned(inbox: Inbox, sender: PeerId, ops: number): void {
  const account = inbox.accounts.get(sender)
  if (account !== undefined) account.saved = Math.min(MAX_SAVED, account.saved + FRAMES_PER_OP * ops)
}

/**
 * The account of a proven channel: what others send under its owner's name on other paths does not use it up.
 */
export const channelOf = (peer: PeerId): PeerId => `channel ${peer}`

/** A sender has no seat any more. */
export function forget(inbox: Inbox, sender: PeerId): void {
  inbox.accounts.delete(sender)
  inbox.accounts.delete(channelOf(sender))
}

/** Opens a frame when it is its turn: those of the trusted first. */
export function enqueue(inbox: Inbox, standing: Standing, open: () => Promise<void>): void {
  inbox.waiting[standing].push(open)
  next(inbox)
}

function next(inbox: Inbox): void {
  const { trusted, met, unknown } = inbox.waiting
  while (inbox.opened < MAX_OPENED_AT_ONCE) {
    const open = trusted.shift() ?? met.shift() ?? unknown.shift()
    if (open === undefined) return
    inbox.opened++
    void open().finally(() => {
      inbox.opened--
      next(inbox)
    })
  }
}
