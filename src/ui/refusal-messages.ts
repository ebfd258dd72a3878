/** A sentence for every refusal, path and failure that can reach the screen. */
import type { Refusal } from '../core/result.ts'
import type { ByHandRefusal, NodeFailure, PathStatus } from '../worker/api.ts'
import type { Trouble } from './state/reach.ts'

export const refusalSentences: Readonly<Record<Refusal | 'disk-full' | 'missing-parent' | 'too-fast', string>> = {
  'too-large': 'It is larger than the protocol allows.',
  truncated: 'Its bytes end in the middle of a value.',
  'trailing-bytes': 'Bytes follow after its end.',
  'not-canonical': 'Its encoding is not the canonical one. Only the canonical encoding is an op.',
  'unsupported-type': 'It holds a kind of value that ops may not hold.',
  'bad-number': 'It holds a number that ops may not hold.',
  'bad-text': 'It holds text that is not well-formed Unicode.',
  'bad-key': 'A map in it has a key that is not a text, is repeated, or is out of order.',
  'too-deep': 'Its values are nested too deeply.',
  'bad-shape': 'Its fields are not those of an op.',
  'unknown-version': 'It was made for another version of the protocol.',
  'bad-author': 'Its author is not a usable Ed25519 key.',
  'bad-seq': 'An author’s first op has the number 0 and no previous op. Its number and previous op do not fit together.',
  'deps-unsorted': 'The parents it names are not in order, or are repeated.',
  'too-many-deps': 'It names more parents than an op may.',
  'prev-in-deps': 'It names its author’s previous op twice.',
  'no-parents': 'It names no parent, and is not the beginning of a room.',
  'bad-genesis': 'It claims to begin a room, but has parents or a number above 0.',
  'wrong-room': 'It belongs to another room.',
  'second-genesis': 'It claims to begin this room, which has begun already.',
  'prev-not-own': 'The op it continues was written by somebody else.',
  'seq-gap': 'Its number does not follow that of the op it continues.',
  'self-parent': 'It names itself as its parent.',
  'parent-rejected': 'It builds on an op that was rejected.',
  'unknown-rules': 'The room’s rules are not known to this version.',
  'unknown-kind': 'It is of a kind that this room does not know.',
  'bad-body': 'Its content does not fit its kind.',
  'bad-signature': 'The signature is not its author’s. Another peer may still vouch for the op.',
  unauthentic: 'Neither a signature nor a later op shows that its author wrote it.',
  'unit-too-large': 'More ops came in one piece than a piece may hold.',
  'not-a-bundle': 'This is not a Tabweave file.',
  'bad-bundle': 'The file is damaged, or was not written by Tabweave.',
  'too-many-ops': 'It holds more ops than are taken at a time from a peer that has brought few.',
  'bad-deflate': 'Its compressed part is damaged, or unpacks to far more than it may.',
  'bad-message': 'A protocol message could not be read.',
  'unknown-message': 'A protocol message is of a kind that this version does not know.',
  'bad-envelope': 'A frame was not sealed with this room’s key, or was changed on its way.',
  'wrong-sender': 'Somebody who has the room’s link sealed a frame in the name of another node.',
  'bad-candidate': 'It names a network address that no tab has. Nothing was sent there.',
  'bad-channel':
    'Somebody stood between this node and the one it called, or posed as it. The direct connection was closed; nothing was sent on it.',
  'not-for-this-room': 'It was made for another room.',
  'bad-checksum': 'What was stored is not what is read back.',
  'pending-full': 'Too many ops already wait for missing parents.',
  'too-fast': 'More was sent at once than the relay takes.',
  'missing-parent': 'A parent has not arrived yet.',
  'disk-full': 'This browser has no free space on the disk. What you typed is kept here.',
}

/** Why an invitation, or the answer to one, does not connect, and what to do. */
export const byHandSentences: Readonly<Record<ByHandRefusal, string>> = {
  'too-large': 'That is more than an invitation can be. Copy it again, and nothing else.',
  truncated: 'It is not whole: a part is missing, or a letter was changed. Copy the whole text.',
  'unknown-version': 'It was made by another version of Tabweave. Reload both devices, and begin again.',
  'bad-envelope': 'It was made for another room. Both devices must be in the same room.',
  'wrong-sender': 'It was not made by the device that it names. Do not trust the person who gave it to you, and invite again.',
  'bad-message': 'This is neither an invitation nor an answer. Copy the whole text, and nothing else.',
  'unknown-message': 'It was made by another version of Tabweave. Reload both devices, and begin again.',
  'bad-candidate': 'It names a network address that no tab has. Nothing was sent there. Do not trust the person who gave it to you.',
  'not-for-us': 'This answer is for another tab: paste it where the invitation was made.',
  'own-frame': 'This was made by this very tab. Take it to the other device.',
  repeated: 'It was used here already. Make a new invitation.',
  'stale-answer': 'The invitation that this answers is no longer open: its tab was reloaded, or ten minutes have passed. Make a new one.',
  'no-webrtc': 'This browser could not make a direct connection. It may be switched off in its settings.',
  offline: 'This node is offline. Go online first.',
}

export const failureSentences: Readonly<Record<NodeFailure, { readonly title: string; readonly body: string }>> = {
  'bad-link': {
    title: 'This is not a room link',
    body: 'Something is missing from it, or was added to it. Ask for the link again, or create a room of your own.',
  },
  'no-storage': {
    title: 'This browser keeps nothing here',
    body: 'A node needs IndexedDB to keep its key and its ops. The browser refuses it if cookies are blocked or the disk is full. Allow this site to store data, or free some space, and reload.',
  },
  'storage-gone': {
    title: 'What this node had stored is gone',
    body: 'Its key and its ops were deleted from this browser while it ran. Reload: a new node takes its place and gets the room from its peers. What you typed is kept.',
  },
  internal: {
    title: 'This node stopped',
    body: 'This is an error in Tabweave. What the node stored is safe, and what you typed is kept. Reload to go on.',
  },
}

export const pathNames: Readonly<Record<PathStatus['path'], string>> = {
  broadcast: 'same browser',
  webrtc: 'direct',
  relay: 'relay',
  memory: 'memory',
}

/** Why a path is down, by what the path or its relay calls it. */
const pathDetails: Readonly<Record<string, string>> = {
  ...refusalSentences,
  cut: 'cut by hand',
  offline: 'this node is offline',
  lost: 'the connection was lost. This node tries again by itself.',
  refused: 'nothing answers at its address, or the browser refused its certificate. This node tries again by itself.',
  'no answer': 'nothing came back in time. This node tries again by itself.',
  'the relay is full':
    'it carries as many connections as it can. This node tries again by itself; meanwhile devices can meet without it, as below.',
  'the room is full':
    'it has no free connection left in this room. This node tries again by itself; meanwhile devices can meet without it, as below.',
  'gave way':
    'it is full, and your network has the most connections to it, so it closed this connection to make room for another network. This node tries again by itself; meanwhile devices can meet without it, as below.',
  'too-many-senders': 'more nodes spoke over this connection than the relay allows for one. This node tries again by itself.',
}

/** Why a path is down. A relay may close with any words at all: those that are not known here are not shown, since they would be read as ours. */
export function pathDetail(detail: string): string {
  if (Object.hasOwn(pathDetails, detail)) return pathDetails[detail]!
  return 'it was closed for a reason that this version does not know. This node tries again by itself.'
}

export const pathStates: Readonly<Record<PathStatus['state'], string>> = {
  connecting: 'connecting',
  open: 'open',
  down: 'down',
}

/** Whom a path that is open leads to. */
const reachedBy: Readonly<Record<PathStatus['path'], string>> = {
  broadcast: 'tabs of this browser',
  webrtc: 'direct connections',
  relay: 'the relay',
  memory: 'memory',
}

const listed = new Intl.ListFormat('en', { type: 'conjunction' })

/** What is wrong with a node's paths, and what is left of them, in a sentence each. */
export function troubleInWords({ down, cut, open, isOpening }: Trouble): string {
  const said = down.map((path) => (path === 'relay' ? 'No connection to the relay.' : `The path “${pathNames[path]}” is down.`))
  if (cut.length > 0) said.push(`You cut the path${cut.length > 1 ? 's' : ''} ${listed.format(cut.map((path) => `“${pathNames[path]}”`))}.`)
  if (open.length > 0) said.push(`Still open: ${open.map((path) => reachedBy[path]).join(', ')}.`)
  else if (!isOpening) said.push('No path is open.')
  return said.join(' ')
}
