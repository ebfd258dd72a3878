/** Texts of the screen of peers and paths; loaded with it. */
import { countInWords, plural } from '../../core/counts.ts'

/** ms of silence in words. */
const silence = (ms: number): string =>
  ms < 2_000 ? 'just now' : ms < 60_000 ? `${Math.round(ms / 1000)} s ago` : `${Math.round(ms / 60_000)} min ago`

export const peersMessages = {
  title: 'Peers',
  paths: 'Paths',
  peers: 'Nodes connected now',
  noneOffline: 'Offline: this node has no connections.',
  nobody: 'No other node is connected now. Open another tab, or share the link.',
  tryingAgain: 'This node tries again by itself.',
  toHeal: 'To heal a path, press its button above.',
  unproven: 'unproven',
  unprovenHint: 'It has not yet proved which key it has, so its name is not shown.',
  heard: silence,
  equal: 'in sync',
  lacks: (n: number) => `lacks ${plural(n, 'op')} that this node has`,
  unknown: (n: number) => `has ${plural(n, 'head')} that this node does not know yet`,
  unsure: 'has not sent its heads yet',
  unnamed: 'has named only some of its heads',
  pathAndTrip: (path: string, ms: number) => `${path}, ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`,
  heads: 'Heads',
  moreHeads: (n: number) => `and ${countInWords(n)} more`,
  refusals: 'Refused from this peer',
  lead: 'No peer has to be trusted: this node checks everything that a peer sends before it counts. “In sync” means: the peer says that it holds the same ops as this node.',
} as const

export const pathMessages = {
  asItIs: 'none added',
  late: (ms: number) => `${ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`} delay`,
  lossy: (percent: number) => `${percent} % loss`,
  bad: (ms: number, percent: number) => `${ms} ms, ${percent} % loss`,
  bytes: (sent: string, received: string) => `${sent} sent, ${received} received`,
  hinder: 'Delay and loss',
  hinderPath: (name: string) => `Delay and loss of the path “${name}”`,
  cutPath: (name: string) => `Cut the path “${name}”`,
  cut: 'Cut',
  heal: 'Heal',
  nobodyDirect: 'no other device connected yet',
} as const

export const serverMessages = {
  title: 'Servers for direct connections',
  lead: 'Devices in different networks often find each other only with the help of a STUN or TURN server. A STUN server tells a device its outer address. A TURN server forwards the data when no direct connection is possible; it sees only encrypted data. Both learn the network addresses of the devices that use them.',
  label: 'One server on each line: its address and, for TURN, a user and a password',
  placeholder: 'stun:stun.example.org:3478\nturn:turn.example.org:3478 user password',
  save: 'Save',
  saved: (n: number) =>
    n === 0
      ? 'Saved: no servers of your own.'
      : `Saved: ${plural(n, 'server')}. Connections that begin from now on use ${n === 1 ? 'it' : 'them'}.`,
  held: 'These servers are not used in this room yet. This node uses them as soon as you write in the room, press Save, or invite a device.',
  bad: (line: string) =>
    `This is not a STUN or TURN server: “${line}”. An address begins with stun:, stuns:, turn: or turns:, and TURN needs a user and a password.`,
  tooMany: (most: number, line: string) =>
    `There can be ${most} servers at most, because every connection asks all of them. Remove one, or “${line}”.`,
} as const

export const byHandMessages = {
  title: 'Without any relay',
  lead: 'Two devices can connect without a server: one invites, the other answers, and you carry both texts, in any messenger or on a USB stick. Devices that are already connected introduce the rest of a group. When one of the two pages is closed or loaded again, they need another invitation.',
  invite: 'Invite a device',
  preparing: 'This device looks for its addresses …',
  code: 'The same text as a code for a camera',
  carryInvitation: 'Open this on the other device, or paste it there',
  pasteInvitation: 'Paste this on the other device, in this room: Menu → Peers. Or press “Scan a code” there',
  carryAnswer: 'Bring this back to the device that invited, and paste it there',
  hide: { invitation: 'Hide this invitation', answer: 'Hide this answer' },
  paste: 'An invitation from another device',
  pasteEither: 'The answer to your invitation, or an invitation from another device',
  pasteAnswer: 'The answer of the other device',
  connect: 'Connect',
  connecting: 'Connecting. The path appears above as soon as it is open.',
  connected: 'Connected.',
  noWay:
    'No direct way to the other device was found. Devices in different networks often need a STUN or TURN server. You can name one below. Devices that reach the same relay need no direct connection. To try again, make a new invitation.',
} as const
