/**
 * By which names the nodes of this browser are known. A name belongs to the node for which it was chosen, and is kept for the browser's
 * other rooms too. There it is told only after its owner acted, and only by the first of the browser's nodes in the room for which they did.
 */
import type { Hex } from '../../worker/api.ts'
import { listIn, readShared, writeShared } from './kept.ts'

/** A node that tells a name in a room. */
interface Named {
  /** Of the room's link. */
  readonly linkId: Hex
  readonly node: Hex
  readonly name: string
}

/** What a node is called. `isTold`: others in the room see it. `isTaken`: another node of this browser tells a name in this room. */
export interface NodeName {
  readonly name: string
  readonly isTold: boolean
  readonly isTaken: boolean
}

type Who = Pick<Named, 'linkId' | 'node'>

const LAST = 'tabweave.name'
const NAMED = 'tabweave.names'

/** Nodes whose names are remembered; the one that was named first is forgotten, and its owner names it again. */
const MAX_NAMED = 256

/** Beside the storage, which may be refused: names that were told by nodes of this page. */
let namedHere: readonly Named[] = []

const without = (list: readonly Named[], { linkId, node }: Who): Named[] =>
  list.filter((each) => each.linkId !== linkId || each.node !== node)

function stored(): Named[] {
  return listIn<Named>(readShared(NAMED), (item) => [item.linkId, item.node, item.name].every((each) => typeof each === 'string'))
}
const all = (): Named[] => namedHere.reduce((list, each) => [...without(list, each), each], stored())

const store = (named: readonly Named[]): void => writeShared(NAMED, named.length === 0 ? '' : JSON.stringify(named.slice(-MAX_NAMED)))

/** What this node is called: the name chosen for it, else the one that was chosen last in this browser, which it does not tell. */
export function nameOf({ linkId, node }: Who): NodeName {
  const here = all().filter((each) => each.linkId === linkId)
  const own = here.find((each) => each.node === node)
  const isTaken = here.some((each) => each.node !== node && each.name !== '')
  return { name: own?.name ?? readShared(LAST), isTold: own !== undefined, isTaken }
}

/** Its owner chose this name for the node. */
export function chooseName(who: Who, name: string): void {
  writeShared(LAST, name)
  remember({ ...who, name })
}

/** Its owner acted as this node: it tells the name kept from other rooms, unless another node of this browser has one in the room. */
export function takeKeptName(who: Who): void {
  const { name, isTold, isTaken } = nameOf(who)
  if (!isTold && !isTaken && name !== '') remember({ ...who, name })
}

function remember({ linkId, node, name }: Named): void {
  const named = { linkId, node, name }
  namedHere = [...without(namedHere, named), named].slice(-MAX_NAMED)
  store([...without(stored(), named), named])
}

/** Nothing of the node is kept any more. */
export function forgetName(who: Who): void {
  namedHere = without(namedHere, who)
  store(without(stored(), who))
}
