/**
 * The other participants' runs in the room, as they say themselves ("here", `signal.ts`), and which one tab connects for all tabs of this
 * browser. One connection between two devices is enough, since a browser's own channel carries frames to its tabs. Pure: the time is an
 * argument.
 */
import { toHex } from '../../core/bytes.ts'
import { givesWay, type Table } from './gives-way.ts'
import type { Signal } from './signal.ts'

/** A run that has not said "here" for so long is gone (ms): it was missed three times. */
const MEMBER_SILENT = 50_000
/** Runs remembered: twice what a relay's room holds. A further one takes the place of one that is worth less, or of a newcomer's by lot. */
export const MAX_MEMBERS = 512
/** A newcomer's run may give way to another after this long (ms): time to be connected, which makes it worth more. */
export const SETTLED_AFTER = 3_000
/** A tab that has just begun waits so long for a tab that connects already (ms). */
const WAIT_FOR_ONE = 600

/** A sender value, hex. */
export type MemberId = string

interface Member {
  readonly device: MemberId
  readonly near: readonly MemberId[]
  readonly sameBrowser: boolean
  readonly since: number
  readonly heardAt: number
}

export interface Members {
  readonly self: MemberId
  readonly since: number
  readonly known: Map<MemberId, Member>
  /** The tab of this browser that connects, maybe this one; null before that is clear. */
  device: MemberId | null
}

export const createMembers = (self: MemberId, now: number): Members => ({ self, since: now, known: new Map(), device: null })

/** A run said that it is here. True when that is news: then it should be told the same of this node. O(1), in a full table O(MAX_MEMBERS) */
export function hear(
  members: Members,
  from: MemberId,
  { device, near }: Extract<Signal, { type: 'here' }>,
  sameBrowser: boolean,
  now: number,
  table: Omit<Table<MemberId>, 'isSettled'>,
): boolean {
  const { known } = members
  const before = known.get(from)
  if (before === undefined && known.size >= MAX_MEMBERS) {
    const leaves = givesWay(known.keys(), sameBrowser ? Infinity : table.worthOf(from), {
      worthOf: (id) => (known.get(id)!.sameBrowser ? Infinity : table.worthOf(id)),
      isSettled: (id) => now >= known.get(id)!.since + SETTLED_AFTER,
      lot: table.lot,
    })
    if (leaves === null) return false
    known.delete(leaves)
  }
  // A run that was heard in this browser belongs to it. A frame from elsewhere under its sender value does not change that.
  if (before?.sameBrowser === true && !sameBrowser) return false
  known.set(from, {
    device: toHex(device),
    near: near.map(toHex),
    sameBrowser,
    since: before?.since ?? now,
    heardAt: now,
  })
  return before === undefined
}

/** Forgets runs that are silent, and settles which tab connects for this browser. True when that is another tab than before. */
export function settle(members: Members, now: number): boolean {
  for (const [id, { heardAt }] of members.known) if (now > heardAt + MEMBER_SILENT) members.known.delete(id)
  const { self, device } = members
  const here = [...members.known].filter(([, { sameBrowser }]) => sameBrowser)
  const claimed = here.filter(([id, member]) => member.device === id).map(([id]) => id)
  if (device === self) claimed.push(self)
  // If two tabs claim it, the lower one goes on; if none does, the lowest tab begins.
  claimed.sort()
  const lowest = [self, ...here.map(([id]) => id)].sort()[0]!
  if (claimed.length === 0 && device === null && now < members.since + WAIT_FOR_ONE) return false
  members.device = claimed[0] ?? lowest
  return members.device !== device
}

/**
 * The tabs of other browsers that connect for them, as they say themselves, and tabs to which `neighbours` say that they are connected
 * and can introduce. So an attacker that invents participants has to speak for each of them, or be connected.
 */
export function otherDevices({ self, device, known }: Members, neighbours: readonly MemberId[]): MemberId[] {
  const own = new Set([self, device, ...[...known].filter(([, { sameBrowser }]) => sameBrowser).map(([id]) => id)])
  const others = new Set<MemberId>()
  for (const [id, member] of known) if (member.device === id) others.add(id)
  for (const neighbour of neighbours) {
    for (const id of known.get(neighbour)?.near ?? []) if (!known.has(id)) others.add(id)
  }
  return [...others].filter((id) => !own.has(id)).sort()
}

/** Whether one run can bring a signal to another, because it says that it is connected to it. O(runs that it names). */
export const canIntroduce = ({ known }: Members, id: MemberId, to: MemberId): boolean => known.get(id)?.near.includes(to) === true

/** The run has ended, or said that it leaves. */
export const forgetMember = ({ known }: Members, id: MemberId): void => void known.delete(id)
