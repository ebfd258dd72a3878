/** A sentence for every refusal, path and failure that can reach the screen. */
import { refusalSentences as ofData } from '../core/refusal-sentences.ts'
import type { Refusal } from '../core/result.ts'
import type { ByHandRefusal, NodeFailure, PathStatus } from '../worker/api.ts'
import type { Trouble } from './state/reach.ts'

/** What was refused, and why. */
export const refusalSentences: Readonly<Record<Refusal | 'disk-full' | 'missing-parent' | 'too-fast', string>> = {
  ...ofData,
  'too-fast': 'More was sent at once than the relay takes.',
  'missing-parent': 'It waits for a missing parent or for a signature.',
  'disk-full': 'This browser has no free space on the disk. What you typed is kept.',
}

/** Why an invitation, or the answer to one, does not connect, and what to do. */
export const byHandSentences: Readonly<Record<ByHandRefusal, string>> = {
  'too-large': 'That is more than an invitation can be. Copy it again, and nothing else.',
  truncated: 'It is not whole: a part is missing, or a letter was changed. Copy the whole text.',
  'unknown-version': 'It was made by another version of Tabweave. Reload both devices, and begin again.',
  'bad-envelope': 'It was made for another room. Both devices must be in the same room.',
  'wrong-sender': 'It was not made by the device that it names. It may be forged. Ask the other person in another way, and invite again.',
  'bad-message': 'This is neither an invitation nor an answer. Copy the whole text, and nothing else.',
  'unknown-message': 'It was made by another version of Tabweave. Reload both devices, and begin again.',
  'bad-candidate':
    'It names a network address that no tab has. Nothing was sent there. It may be forged: ask the other person in another way.',
  'not-for-us': 'This answer is for another tab: paste it in the tab that made the invitation.',
  'own-frame': 'This tab made this text. Take it to the other device.',
  repeated: 'This device has used it already. Make a new invitation.',
  overtaken: 'This device has used it already. Make a new invitation.',
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
    title: 'This browser stores nothing for this site',
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
    'it carries as many connections as it can. This node tries again by itself. Meanwhile devices can connect without it, as below.',
  'the room is full':
    'it has no free connection left in this room. This node tries again by itself. Meanwhile devices can connect without it, as below.',
  'gave way':
    'it is full, and your network has the most connections to it. So it closed this connection, to serve another network. This node tries again by itself. Meanwhile devices can connect without it, as below.',
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
