/** Texts of the node's screen; loaded with it. */
import { quotedName } from '../../graph/author-look.ts'
import { countInWords, plural } from '../../core/counts.ts'

export const nodeMessages = {
  ownName: 'Your name in this room',
  ownNameOf: (nickname: string) => `Your name beside “${nickname}” in this room`,
  ownNamePlaceholder: 'none: others see the nickname',
  ownNameHeld: 'Others in this room see this name as soon as you write.',
  ownNameTell: 'Show it now',
  ownNameSeen: (name: string) => `Saved. Others see ${quotedName(name)} beside your nickname.`,
  ownNameNone: 'Saved. Others see your nickname only.',
  ownNameLong: (most: number, name: string) => `Too long: others see the first ${countInWords(most)} characters, ${quotedName(name)}.`,
  ownNameHint:
    'Others see it beside your nickname, and remember it when this node is not connected. It is signed, but it is not an op. Anyone can use any name. In other rooms, this browser offers you the name that you chose last. Nobody sees it there before you write or show it.',
  lead: 'The nickname, colour and shape come from the key. Another node can have the same nickname, but not the same fingerprint.',
  fingerprint: 'Key fingerprint',
  storage: 'Storage',
  used: (used: string, quota: string) => `${used} used by this address, of about ${quota} allowed`,
  usedUnknown: 'The browser does not say how much is used.',
  persistent: 'Persistent: the browser will not clear it on its own.',
  notPersistent: 'Not persistent: the browser may clear it when the disk is full.',
  persist: 'Request persistent storage',
  persistRefused: 'The browser did not agree. It often agrees after you install or bookmark the app.',
  share: 'To copy the room’s link, or to export or import a file: Menu → Share the room.',
  ops: (ops: number, stored: number) => `${plural(ops, 'op')} admitted, ${countInWords(stored)} of them on this disk`,
  refused: 'Refused',
  refusedNone: 'Nothing was refused.',
  refusedLead: (shown: number, all: number) =>
    shown < all ? `The latest ${countInWords(shown)} of ${countInWords(all)}.` : plural(all, 'refusal'),
  pending: 'Pending',
  pendingNone: 'No op waits for a missing parent or for a signature.',
  pendingLead: (shown: number, all: number) =>
    `These ops wait. This node asks its peers for what is missing. ${shown < all ? `${countInWords(shown)} of ${plural(all, 'op')}:` : `${plural(all, 'op')}:`}`,
  pendingMissing: (n: number) => (n === 1 ? 'lacks the parent' : `lacks ${countInWords(n)} parents:`),
  pendingMore: (n: number) => `and ${countInWords(n)} more`,
  pendingParents: (n: number) => `${plural(n, 'parent')} ${n === 1 ? 'waits' : 'wait'} too`,
  pendingVoucher: 'lacks a later op of its author that is signed and not pending',
  pendingNumber: (seq: number) => `number ${countInWords(seq)} of its author`,
  refusedFrom: (id: string) => `from peer ${id}`,
  refusedFromElsewhere: {
    file: 'from a file',
    disk: 'from this disk',
    broadcast: 'from a tab of this browser',
    relay: 'from the relay',
  } as Readonly<Record<string, string>>,
  version: (version: string) => `Tabweave ${version}, protocol 1`,
} as const
