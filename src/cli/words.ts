/** The lines that a node prints in a terminal. Lines about the node begin with "* ", those of the history with a time. */
import { fromHex } from '../core/bytes.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import { refusalSentences } from '../core/refusal-sentences.ts'
import type { Refusal } from '../core/result.ts'
import { wordsOf } from '../crdt/entry-words.ts'
import { authorLook } from '../graph/author-look.ts'
import { countInWords, plural } from '../core/counts.ts'
import type { Hex, HistoryEntry, LatestEquivocation, NodeStatus, PathStatus, PeerStatus, SubmitReply } from '../node/views.ts'

/** The nickname that every node computes from the same key, which is no proof, and the beginning of the key. */
export const authorName = (author: Hex): string => `${authorLook(fromHex(author)!).name} ${author.slice(0, 8)}`

/** Local time of seconds since 1970, as one can sort it. Authors may claim any number: beyond what a date holds, the number itself. */
export function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return String(seconds)
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return Number.isNaN(local.getTime()) ? String(seconds) : local.toISOString().slice(0, -5).replace('T', ' ')
}

/** An author's chosen name, after the nickname: in quotation marks, since anyone may choose it. */
const called = (name: string): string => (name === '' ? '' : ` “${name}”`)

/** Who this node is, and where. `name`: what it calls itself, or "". */
export const startLine = (author: Hex, name: string, does: 'created' | 'is back in' | 'joins', room: Hex, folder: string): string =>
  `* ${authorName(author)}${called(name)} ${does} room ${room.slice(0, 8)}, kept in ${folder}`

/** An op of the history. `name`: its author's chosen name, or "". */
export function entryLine({ time, author, own, kind, text, equivocates }: HistoryEntry, name: string): string {
  const mark = equivocates ? ' [its author signed another op with this number]' : ''
  return `${timeOf(time)}  ${authorName(author)}${called(name)}${own ? ' (you)' : ''}: ${wordsOf({ kind, text })}${mark}`
}

/** How many ops a node holds, and its digest. */
export const holdingLine = ({ ops, authors, heads, digest }: NodeStatus): string =>
  `* ${plural(ops, 'op')} by ${plural(authors, 'author')}, ${plural(heads, 'head')}, digest ${digest}`

export const agreementLine = ({ peers, ops, digest }: NodeStatus): string =>
  `* all agree: ${plural(peers.length, 'peer')} ${peers.length === 1 ? 'says that it holds' : 'say that they hold'} the same ${plural(ops, 'op')} as this node, digest ${digest}`

/** A path, and why it is down; `why` in the system's words. */
export function pathLine({ path, state, detail }: PathStatus, place: string, why: string): string {
  const reason = [detail, why].filter((part) => part !== '').join(': ')
  return `* ${path} ${place} is ${state}${state === 'down' && reason !== '' ? ` (${reason}); this node tries again` : ''}`
}

/** `name`: the peer's chosen name, or "". */
export function peerLine({ peer, author, equal, headCount, unknownHeads, lacks, silentFor }: PeerStatus, name: string): string {
  const who = author === null ? `unproven ${peer.slice(0, 8)}` : authorName(author)
  const differs =
    unknownHeads > 0
      ? `has ${plural(unknownHeads, 'head')} that this node does not know yet`
      : lacks === null
        ? headCount < 0
          ? 'has not sent its heads yet'
          : 'has named only some of its heads'
        : `lacks ${plural(lacks, 'op')} that this node has`
  return `*   ${who}${called(name)}: ${equal ? 'in sync' : differs}, heard ${countInWords(Math.round(silentFor / 1000))} s ago`
}

export const peersLine = ({ peers }: NodeStatus): string =>
  peers.length === 0
    ? '* no other node is connected now'
    : `* ${countInWords(peers.filter(({ equal }) => equal).length)} of ${plural(peers.length, 'peer')} ${peers.length === 1 ? 'agrees' : 'agree'}`

export function equivocationLine({ author, seq, ops, count: all }: LatestEquivocation): string {
  const [many, which] = all === 2 ? ['two', ':'] : [countInWords(all), ', among them']
  const named = ops.map((op) => op.slice(0, 8)).join(' and ')
  return `* equivocation: ${authorName(author)} signed ${many} different ops with number ${countInWords(seq)}${which} ${named}`
}

export const moreEquivocationsLine = (more: number): string => `* and ${plural(more, 'equivocation')} more`

export const refusalsLine = (refusals: number, last: Refusal): string =>
  `* ${plural(refusals, 'refusal')} of data from others or from the disk. The last one: ${refusalSentences[last]}`

export const skippedLine = (ops: number): string =>
  `* ${plural(ops, 'op')} came that are not shown. /history N shows the last N entries of the sorted history, which can be other ops`

export function catchingUpLine({ ops, fetching }: NodeStatus): string {
  const left = fetching === null || fetching.of === null ? '' : `, ${countInWords(fetching.of - fetching.got)} to come`
  return `* catching up: ${plural(ops, 'op')} so far${left}`
}

const WHY_NOT: Readonly<Partial<Record<Extract<SubmitReply, { refused: unknown }>['refused'], string>>> = {
  'too-large': `the message is too long (its encoded content may have ${countInWords(MAX_BODY_BYTES)} bytes); split it into smaller messages`,
  'bad-text': 'it is not well-formed text (UTF-8)',
  'disk-full': 'the disk is full; free some of it and write it again',
  'pending-full': 'too many lines wait to be written; write it again later',
}

/** A line that did not become an op. */
export const refusedLine = (text: string, reason: Extract<SubmitReply, { refused: unknown }>['refused']): string =>
  `Not written, because ${WHY_NOT[reason] ?? `it was refused for the reason “${reason}”`}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`

/** A line that is neither a command nor text. */
export const unknownCommandLine = (line: string): string =>
  `Not written, because “${line.split(' ', 1)[0]}” is not a command (/help lists them). To write it as text, put another “/” before it: /${line}`

export const words = {
  full: '* the disk is full: this node cannot write until there is free space',
  roomAgain: '* there is free space on the disk again',
  damaged:
    '* some ops that were stored here are damaged. This node keeps those that it could read, has a new key, and fetches the rest from peers',
  awaited:
    '* no node of this room has answered yet. Check that a tab with this room is open, and that it uses the same relay. This node waits. It writes your messages when it has received the room.',
  behind:
    '* this node may have lost messages that it has sent: the last of them is missing in its files. It asks other nodes for them before it writes; with /write-now (or --write-now) it does not wait',
  unmarked:
    '* this node cannot tell whether its files hold all messages that it has sent (they were copied or restored, or are of an earlier version). It asks other nodes before it writes; with /write-now (or --write-now) it does not wait',
  lost: '* another node has a message of this node that is missing in this node’s files. This node fetches it, and the messages before it, before it writes; with /write-now (or --write-now) it does not wait',
  trusted: '* this node writes again',
  relayDamaged: (used: string) =>
    `* the address of this node’s relay is damaged in its files: it meets others through ${used} this time. Give the right one with --relay ADDRESS.`,
  onlyHere:
    '* this link works on this machine only. To let other devices in, start the host with HOST=0.0.0.0 npm start. Then write this machine’s network address into the link',
  later: '* a peer runs a newer version of Tabweave. This node cannot read what it sends. Update this node',
  earlier: '* a peer runs an older version of Tabweave. It cannot read what this node sends. Update that peer',
  alone: '* no relay: this node connects to no other node',
  unanswered: (seconds: number) =>
    `No node of this room answered within ${countInWords(seconds)} s. Open a tab that has the room, check the link and the relay, and run this again.`,
  unagreed: (seconds: number, { ops, peers }: NodeStatus) =>
    peers.length === 0
      ? `No other node was connected within ${countInWords(seconds)} s. This node keeps what it has (${plural(ops, 'op')}), and sends it when it runs again and another node is connected.`
      : `${countInWords(peers.filter(({ equal }) => equal).length)} of ${plural(peers.length, 'peer')} agreed within ${countInWords(seconds)} s: run this again, with a longer --wait.`,
  unwritten: (lines: number) => `${plural(lines, 'line')} not written to the room: write ${lines === 1 ? 'it' : 'them'} again.`,
  exported: (file: string, bytes: number, ops: number, folder: string) =>
    `* ${plural(ops, 'op')} of ${folder} written to ${file} (${plural(bytes, 'byte')}): a node that joins with the room’s link can read it`,
  lostOps: (ops: number) => `${plural(ops, 'op')} of this node ${ops === 1 ? 'is' : 'are'} damaged on the disk and not in the file.`,
  fileExists: (file: string) => `${file} exists already, and is not replaced. Choose another name.`,
  notWritten: (file: string, why: string) => `${file} was not written: ${why}.`,
  held: (folder: string, pid: number) =>
    `This node runs already (process ${pid}). Stop that process, or use another node with --name. If that process is not a node, delete the locks (lock.…) in ${folder}.`,
  unusable: (what: string) => `The files of this node cannot be used: ${what}. Choose another folder with --dir, or repair this one.`,
  gone: 'The files of this node were deleted while it ran. Run the command again: this node becomes a new node, and gets the room from its peers.',
  help: [
    '* /status       what this node holds, its relay and its peers',
    '* /write-now    writes without waiting; if messages of this node were lost, others may see it as an equivocator',
    '* /history N    the last N entries of the history (20)',
    '* /quit         leaves; so do Ctrl-C and Ctrl-D',
    '* //text        writes “/text”',
  ],
} as const
