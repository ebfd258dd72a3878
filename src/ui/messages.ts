/**
 * The texts of the interface, typed: a text with a number in it is a function. Other files have the sentences about refusals, failures and
 * paths (`refusal-messages.ts`), the graph's texts (`graph/graph-messages.ts`), those that are loaded with
 * their screens (`*-messages.ts` beside each screen), and the words for an op that is not a message (`crdt/entry-words.ts`).
 */
import { quotedName } from '../graph/author-look.ts'
import { countInWords, plural } from '../core/counts.ts'
import type { Agreement } from './state/agreement.ts'

/** The name of a room for which nobody gave one. */
const DEFAULT_ROOM_NAME = 'A room'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' })
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' })
const shortDate = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MONTH = 30 * DAY

/** Authors may claim any number as their time, and dates end at ±8.64e12 seconds: beyond that, the number itself. */
const date = (format: Intl.DateTimeFormat, time: number): string => (Math.abs(time) <= 8.64e12 ? format.format(time * 1000) : String(time))

/** "now", "4m ago", "yesterday", then the date. Seconds since 1970; times ahead of this clock are shown as they are told. */
export function timeAgo(time: number, now: number): string {
  const age = now - time
  if (Math.abs(age) < MINUTE) return 'now'
  if (Math.abs(age) < HOUR) return relative.format(-Math.trunc(age / MINUTE), 'minute')
  if (Math.abs(age) < DAY) return relative.format(-Math.trunc(age / HOUR), 'hour')
  if (Math.abs(age) < MONTH) return relative.format(-Math.trunc(age / DAY), 'day')
  return date(shortDate, time)
}

/** The whole date and time of seconds since 1970. */
export const fullTime = (time: number): string => date(absolute, time)

function agreement(value: Agreement): string {
  switch (value.type) {
    case 'starting':
      return 'starting'
    case 'offline':
      return 'offline: no connections'
    case 'alone':
      return 'no peers connected'
    case 'fetching':
      if (value.of === value.got) return `checking and storing ${plural(value.of, 'op')}`
      return value.of === null
        ? `fetching, ${countInWords(value.got)} so far`
        : `fetching ${countInWords(value.got)} of ${plural(value.of, 'op')}`
    case 'peers':
      if (value.unheard === value.peers) return `${plural(value.peers, 'peer')}: no answer yet`
      return `${countInWords(value.equal)} of ${plural(value.peers, 'peer')} ${value.peers === 1 ? 'agrees' : 'agree'}`
  }
}

/** The browser may ask where to put it, or add a number to its name. */
export const fileWritten = (file: string, size: string): string => `Downloaded as ${quotedName(file)}: ${size}`

/** Ops that a disk has damaged are left out of an exported file. */
export const lostOps = (n: number): string => `${plural(n, 'op')} could not be read and ${n === 1 ? 'is' : 'are'} not in it.`

/** A tab's title counts up to this. */
const MOST_NEWS = 99

export const messages = {
  brand: 'Tabweave',
  /** Of the browser's tab. Null: no room is open. */
  title: (roomName: string | null, news: number) =>
    `${news === 0 ? '' : `(${news > MOST_NEWS ? `${MOST_NEWS}+` : news}) `}${roomName === null ? '' : `${roomName} · `}Tabweave`,
  you: 'you',
  chosenNameHint: 'The name that it gave itself. Anyone can use any name. The nickname, the shape and the fingerprint come from its key.',
  close: 'Close',
  more: 'Show more',
  less: 'Show less',
  count: (n: number) => countInWords(n),
  ops: (n: number) => plural(n, 'op'),
  agreement,
  room: {
    /** One without a name, or one that has not arrived yet: its node does not know the name. `id`: of its first op, in short. */
    nameless: (id: string) => `Room ${id}`,
    awaited: 'Not arrived yet',
  },
  header: {
    openTab: 'Open another tab',
    addNode: 'Add a node here',
    share: 'Copy the room’s link',
    shared: 'Link copied. Anyone who has it can read and write in this room.',
    sharedHere: (host: string) =>
      `Link copied. It works on this device only, because its address is “${host}”. To let other devices in, see Menu → Share the room.`,
    shareFailed: 'The browser would not copy. The link is in the address bar.',
    menu: 'Menu',
    update: 'New version: reload',
    updateHint: 'The new version starts when you reload. Your unsent text is kept.',
  },
  menu: {
    share: 'Share the room',
    peers: 'Peers',
    node: 'Node',
    rooms: 'Rooms',
    help: 'Help',
    theme: 'Colours',
    system: 'System',
    light: 'Light',
    dark: 'Dark',
  },
  nodeBar: {
    online: 'Online',
    offline: 'Offline',
    offlineOf: (name: string) => `Take ${name} offline`,
    offlineHint: 'Go offline: closes this node’s connections. It keeps working, and catches up when it is online again.',
    onlineHint: 'Go online: opens this node’s connections again. The node then catches up.',
    digest: 'digest',
    digestHint:
      'A hash of the heads. Two correct nodes with the same digest hold the same ops, as long as nobody finds two inputs with the same SHA-256 hash.',
    remove: (name: string) => `Stop ${name}`,
    peersHint: 'Show the peers',
    pathsHint: 'Show the paths',
    pending: (n: number) => `${countInWords(n)} pending`,
    pendingHint: 'These ops wait for a missing parent or for a signature. Press to see which.',
    rejected: (n: number) => `${countInWords(n)} rejected`,
    rejectedHint: 'These ops break a rule, and no correct node admits them. Press to see why.',
    equivocations: (n: number) => plural(n, 'equivocation'),
    equivocationsHint:
      'An author signed two different ops with the same number. (Each author numbers their ops 0, 1, 2 …) Press to see them.',
  },
  catchUp: {
    label: 'Catching up',
    from: 'from',
    pause: 'Pause',
    pauseHint: 'Stops fetching missing messages. New messages still arrive.',
    resume: 'Resume',
    paused: 'Paused: this node does not fetch missing messages.',
  },
  nodeSwitch: { name: 'Selected node', select: (name: string) => `Select ${name}` },
  consoles: { more: (n: number) => `${plural(n, 'more node')}` },
  olderDisk: {
    behind:
      'This node may have lost messages that it has sent: the last of them is not on its disk. It asks other nodes for them before it writes.',
    unmarked: 'This node cannot tell whether its disk holds all messages that it has sent. It asks other nodes before it writes.',
    lost: 'Another node has a message of this node that is missing on this node’s disk. This node fetches it, and the messages before it, before it writes.',
    unanswered: 'No node has answered yet.',
    listening: 'Other nodes are answering.',
    risk: 'If you do not wait and a lost message comes back, everyone sees that this node signed two different messages with the same number.',
    writeNow: 'Write now',
  },
  otherVersion: {
    later: 'A tab or device in this room runs a newer version of Tabweave. This tab cannot read what it sends. Reload this tab.',
    earlier:
      'A tab or device in this room runs an older version of Tabweave. It cannot read what this tab sends until it is reloaded or updated.',
    reload: 'Reload',
  },
  console: {
    insecure: 'This address has no https.',
    insecureMore:
      'Messages are still signed and encrypted, by slower code. But the page’s code itself came over a connection without encryption, and somebody on the network could have changed it. Each load of this page is a new node, and the camera and offline use do not work.',
    typing: (people: number, more: number) => `${more > 0 ? `and ${more} more are` : people === 1 ? 'is' : 'are'} typing`,
    starting: 'This node is starting.',
    history: 'History',
    historyOf: (name: string) => `What ${name} has`,
    message: 'Message',
    messageOf: (name: string) => `Write as ${name}`,
    placeholder: 'Write a message',
    send: 'Send',
    sendOf: (name: string) => `Send as ${name}`,
    sendHint: 'Enter sends, Shift+Enter makes a new line',
    sendHintTouch: 'This button sends, Enter makes a new line',
    newest: 'Jump to newest',
    newBelow: (n: number) => `${plural(n, 'new entry', 'new entries')} below`,
    late: 'late',
    lateHint:
      'This entry arrived after entries that stand further down. It does not follow them: its author had not seen them, or left them out.',
    lateOwnHint: 'This node signed your message before it had received the entries that stand further down. So it does not follow them.',
    lateWaiting: (n: number, isMore: boolean) =>
      `${isMore ? `${countInWords(n)} late entries or more` : plural(n, 'late entry', 'late entries')} further up`,
    lateWaitingHint: 'They stand in the middle of the history, out of sight. Press to go to the one that came first.',
    search: 'Search the history',
    searchShort: 'Search: text, name or id',
    foundAt: (i: number, n: number, more: boolean) => `${countInWords(i)} of ${more ? 'more than ' : ''}${countInWords(n)}`,
    nextFound: 'Next match (Enter)',
    previousFound: 'Previous match (Shift+Enter)',
    closeSearch: 'End the search (Esc)',
    found: (n: number, more: boolean) =>
      n === 0 ? 'Nothing found' : more ? `More than ${plural(n, 'entry', 'entries')}; these are the newest` : plural(n, 'entry', 'entries'),
    olderFound: 'Show older ones',
    results: 'Search results',
    saving: 'saving',
    saved: 'saved here',
    held: (by: number, here: number) =>
      here === 1 && by === 1
        ? 'with the other node here'
        : by === here
          ? here === 2
            ? 'with both here'
            : `with all ${countInWords(here)} here`
          : `with ${countInWords(by)} of ${countInWords(here)} here`,
    seenBy: (k: number) => `seen by ${countInWords(k)}`,
    heldHint: 'Of the other authors who are connected now, how many have this message. Their nodes say so, without a proof.',
    seenByHint: (k: number, n: number) =>
      `${countInWords(k)} of ${plural(n, 'other author')} ${k === 1 ? 'has' : 'have'} signed an op that follows this one. In a room of more than 64 authors, not all are counted.`,
    savedHint: 'Signed and stored on this disk. None of the counted authors has signed an op that follows it yet.',
    select: (id: string) => `Show ${id} in the graph`,
    equivocates: 'its author signed another op with this number',
    full: 'The disk is full: this node can only read. What you type is kept.',
    tooLong: (bytes: number, limit: number) =>
      `This has ${plural(bytes, 'byte')}, and a message may have ${countInWords(limit)}. Split it into smaller messages.`,
    waiting: 'What you wrote is kept, and not signed yet: this node must first learn what the room holds.',
    unsentRefused: 'Not sent.',
    unsentUnanswered: 'You sent this just before the page closed. It may not have been saved.',
    putBack: 'Put it back',
    discard: 'Discard it',
    awaitedTitle: 'Waiting for the room',
    awaitedBody:
      'This node has the room’s link, but nothing of the room yet. The room arrives when a node that has it is connected, or from a file: Menu → Share the room → Import a file. Without a relay, two devices connect by an invitation: Menu → Peers. What you write meanwhile is kept, and signed later. If nothing arrives, compare the check number of the link with that on the other device: Menu → Share the room. A link with one wrong character leads to another room, which may not exist, and has another number.',
    linkNumber: 'Check number of the link:',
    emptyTitle: 'This tab is a node',
    emptyBody:
      'It has its own key and its own copy of the room. What you write is signed, and contains the hashes of the ops before it. The graph shows it as an op.',
    addedTitle: 'One more node in this tab',
    addedBody:
      'It has its own key and its own copy of the room, like the other nodes of this tab. What you write in this console is signed with its key.',
    addedSteps: [
      'Write a message below: the other nodes of this tab get it.',
      'Switch this node offline, write here and in another console, and bring it back.',
    ],
    emptySteps: (isAlone: boolean) => [
      'Write a message below.',
      isAlone
        ? 'Open another tab: it joins as a second node, and both end up with the same history.'
        : 'Write in another tab or device of the room too: all end up with the same history.',
      'Switch one of them offline, write in both, and bring it back.',
    ],
  },
  opening: {
    defaultName: DEFAULT_ROOM_NAME,
    isFirstHere: 'This browser kept nothing of this room, so you join it as a new author.',
    back: (name: string, others: boolean) =>
      `You are back as ${name}, a node that this browser kept.${others ? '' : ' For another node, open another tab.'}`,
    addedBack: (name: string) => `The added node is ${name}, which this browser kept.`,
    others: 'Other nodes',
  },
  nameOffer: {
    offer: (name: string) =>
      `Others see ${quotedName(name)} beside your nickname as soon as you write. Nobody in this room has seen it yet.`,
    offerOf: (nickname: string, name: string) =>
      `Others see ${quotedName(name)} beside ${nickname} as soon as you write as it. Nobody in this room has seen it yet.`,
    change: 'Change it',
    decline: 'No name in this room',
  },
  boundary: {
    title: 'This part of the page could not be drawn',
    body: 'The node still runs, and nothing that was saved is lost. If the browser translates this page, turn that off.',
    notLoaded: 'This part of the app could not be loaded',
    notLoadedBody: 'The network may be down, or there is a new version of the app. The node still runs. Reload when the network is back.',
    again: 'Draw it again',
    reload: 'Reload the page',
  },
  failed: {
    again: 'Try again',
    toStart: 'Go to the start page',
    exportLead: 'This node does not run, but you can save what it stored. A node that joins with the room’s link can read the file.',
    export: 'Export what is stored',
    reading: 'Reading the disk …',
    exported: (file: string, size: string, ops: number) => `${fileWritten(file, size)}, ${plural(ops, 'op')}.`,
    exportedOf: (file: string, size: string, nodes: number) => `${fileWritten(file, size)}, the copies of ${plural(nodes, 'node')}.`,
    unreadable: 'Nothing could be read: this browser has no ops of that node.',
  },
} as const
