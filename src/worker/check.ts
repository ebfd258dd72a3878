/** Checks what the page (or any script of the origin) posts to a node: a `ToNode`, or nothing. */
import { isCandidate, MAX_CANDIDATES } from '../net/direct/candidate.ts'
import { FINGERPRINT_BYTES, isPassword, isSetup, isUfrag } from '../net/direct/description.ts'
import type { PageEvent } from '../net/direct/page-port.ts'
import type { ToNode } from './api.ts'

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isId: Check = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value as string)
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const isIds: Check = (value) => Array.isArray(value) && value.every(isId)
const isPath: Check = (value) => value === 'broadcast' || value === 'webrtc' || value === 'relay'
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isSwitch: Check = (value) => typeof value === 'boolean'
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

const isServers: Check = (value) =>
  Array.isArray(value) &&
  value.every(
    (server) =>
      isObject(server) &&
      isText(server['urls']) &&
      [server['username'], server['credential']].every((word) => word === undefined || isText(word)),
  )

const isPrint: Check = (value) => value instanceof Uint8Array && value.length === FINGERPRINT_BYTES

const isDescribed: Check = (value) =>
  isObject(value) &&
  (value['type'] === 'offer' || value['type'] === 'answer') &&
  isUfrag(value['ufrag']) &&
  isPassword(value['password']) &&
  isPrint(value['fingerprint']) &&
  isSetup(value['setup']) &&
  Array.isArray(value['candidates']) &&
  value['candidates'].length <= MAX_CANDIDATES &&
  value['candidates'].every(isCandidate)

/** What the page tells of a connection; the fields of each kind. */
const EVENTS: {
  readonly [T in PageEvent['type']]: { readonly [F in Exclude<keyof Extract<PageEvent, { type: T }>, 'type' | 'connection'>]: Check }
} = {
  description: { description: isDescribed },
  candidate: { ufrag: isUfrag, candidate: isCandidate },
  channel: {
    channel: (value) => value instanceof MessagePort || (typeof RTCDataChannel !== 'undefined' && value instanceof RTCDataChannel),
  },
  connected: { ours: isPrint, theirs: isPrint },
  interrupted: {},
  failed: {},
  unsupported: {},
  misused: {},
}

const isPageEvent: Check = (value) => {
  if (!isObject(value) || !isCount(value['connection'])) return false
  const { type } = value
  if (typeof type !== 'string' || !Object.hasOwn(EVENTS, type)) return false
  return Object.entries<Check>(EVENTS[type as PageEvent['type']]).every(([field, check]) => check(value[field]))
}

/** The fields of each message, besides "type". */
const FIELDS: { readonly [T in ToNode['type']]: { readonly [F in Exclude<keyof Extract<ToNode, { type: T }>, 'type'>]: Check } } = {
  rooms: { ref: isCount },
  forget: { ref: isCount, node: isId },
  start: {
    link: orNull(isText),
    roomName: isText,
    claim: orNull(isText),
    added: isSwitch,
    patience: isCount,
    offline: isTexts,
    relay: orNull(isText),
    servers: isServers,
  },
  submit: { ref: isCount, text: isText },
  offline: { on: isSwitch },
  pause: { on: isSwitch },
  writeNow: {},
  path: { path: isPath, cut: isSwitch, delay: isCount, loss: (value) => typeof value === 'number' && value >= 0 && value <= 1 },
  servers: { servers: isServers },
  present: { name: isText, typing: isSwitch },
  typed: {},
  measure: {},
  wake: {},
  leave: {},
  window: { from: orNull(isCount), count: isCount },
  inspect: { ref: isCount, id: isText },
  pending: { ref: isCount },
  text: { ref: isCount, id: isText },
  search: { ref: isCount, text: isText, limit: isCount },
  history: { ref: isCount },
  export: { ref: isCount },
  describeStored: { ref: isCount, nodes: isIds },
  exportStored: { ref: isCount, nodes: isIds },
  import: { ref: isCount, bytes: (value) => value instanceof Uint8Array },
  equivocations: { ref: isCount, from: isCount, count: isCount },
  evidence: { ref: isCount, id: orNull(isText) },
  invite: { ref: isCount },
  meet: { ref: isCount, text: isText },
  direct: { event: isPageEvent },
  drawn: { nth: isCount },
  graph: { port: (value) => value instanceof MessagePort },
}

export function isToNode(data: unknown): data is ToNode {
  if (typeof data !== 'object' || data === null || !('type' in data)) return false
  const { type } = data
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) return false
  return Object.entries<Check>(FIELDS[type as ToNode['type']]).every(([field, check]) => check((data as Record<string, unknown>)[field]))
}
