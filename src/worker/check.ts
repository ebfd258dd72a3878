/** The check of what the page (or any script of the origin) posts to a node: a `ToNode`, or nothing. */
import type { ToNode } from './api.ts'

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isSwitch: Check = (value) => typeof value === 'boolean'
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

/** The fields of each message, besides "type". */
const FIELDS: { readonly [T in ToNode['type']]: { readonly [F in Exclude<keyof Extract<ToNode, { type: T }>, 'type'>]: Check } } = {
  rooms: { ref: isCount },
  start: { link: orNull(isText), roomName: isText, claim: orNull(isText), patience: isCount, relay: orNull(isText) },
  submit: { ref: isCount, text: isText },
  offline: { on: isSwitch },
  pause: { on: isSwitch },
  wake: {},
  window: { from: orNull(isCount), count: isCount },
  inspect: { ref: isCount, id: isText },
  search: { ref: isCount, text: isText, limit: isCount },
  history: { ref: isCount },
  export: { ref: isCount },
  import: { ref: isCount, bytes: (value) => value instanceof Uint8Array },
  evidence: { ref: isCount },
  graph: { port: (value) => value instanceof MessagePort },
}

export function isToNode(data: unknown): data is ToNode {
  if (typeof data !== 'object' || data === null || !('type' in data)) return false
  const { type } = data
  if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) return false
  return Object.entries<Check>(FIELDS[type as ToNode['type']]).every(([field, check]) => check((data as Record<string, unknown>)[field]))
}
