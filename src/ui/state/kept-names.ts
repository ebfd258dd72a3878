/**
 * By which names the nodes of this browser are known. A name belongs to the node for which it was chosen, and is kept for the browser's
 * other rooms too. There it is offered, whether its owner creates the room or joins it: they see it before anybody else does. It is told only
 * after they said so or wrote, and only by the first of the browser's nodes in the room for which they did.
 */
import type { Hex } from '../../worker/api.ts'
import { listIn, readShared, writeList, writeShared } from './storage.ts'

/** A node that tells a name in a room. */
interface Named {
  /** Of the room's link. */
  readonly linkId: Hex
  readonly node: Hex
  readonly name: string
}

/** What a node is called, or "". `isTold`: it was decided for this node, and others see it. */
export interface NodeName {
  readonly name: string
  readonly isTold: boolean
}

type Who = Pick<Named, 'linkId' | 'node'>

const LAST = 'tabweave.name'
const NAMED = 'tabweave.names'

/** Nodes whose names are remembered. Beyond that, the one that was named first is removed, and its owner names it again. */
const MAX_NAMED = 256

/** Beside the storage, which may be refused: names that were told by nodes of this page. */
let namedHere: readonly Named[] = []

/** Run when a name of this browser has changed. */
const watchers = new Set<() => void>()

/** Gives what ends it. */
export function watchNames(onChange: () => void): () => void {
  watchers.add(onChange)
  return () => void watchers.delete(onChange)
}

/** A name has changed here, or in another tab of this browser. */
export function namesChanged(): void {
  for (const onChange of watchers) onChange()
}

const without = (list: readonly Named[], { linkId, node }: Who): Named[] =>
  list.filter((each) => each.linkId !== linkId || each.node !== node)

function stored(): Named[] {
  return listIn<Named>(readShared(NAMED), (item) => [item.linkId, item.node, item.name].every((each) => typeof each === 'string'))
}
const all = (): Named[] => namedHere.reduce((list, each) => [...without(list, each), each], stored())

const store = (named: readonly Named[]): void => void writeList(NAMED, named, MAX_NAMED)

/**
 * What this node is called: the name chosen for it, else the one that was chosen last in this browser, which it does not tell. That one is
 * not offered where another node of this browser tells a name: it would be shown as the name of the wrong node.
 */
export function nameOf({ linkId, node }: Who): NodeName {
  const here = all().filter((each) => each.linkId === linkId)
  const own = here.find((each) => each.node === node)
  const isTaken = here.some((each) => each.node !== node && each.name !== '')
  return { name: own?.name ?? (isTaken ? '' : readShared(LAST)), isTold: own !== undefined }
}

/** The name that others see of the node, or "". */
export function toldNameOf(who: Who): string {
  const { name, isTold } = nameOf(who)
  return isTold ? name : ''
}

/** Its owner chose this name for the node. */
export function chooseName(who: Who, name: string): void {
  writeShared(LAST, name)
  remember({ ...who, name })
}

/** Its owner acted as this node: it tells the name kept from other rooms, unless another node of this browser has one in the room. */
export function takeKeptName(who: Who): void {
  const { name, isTold } = nameOf(who)
  if (!isTold && name !== '') remember({ ...who, name })
}

/** Its owner wants no name for the node. The one that was offered is kept for other rooms. */
export const declineName = (who: Who): void => remember({ ...who, name: '' })

function remember({ linkId, node, name }: Named): void {
  const named = { linkId, node, name }
  namedHere = [...without(namedHere, named), named].slice(-MAX_NAMED)
  store([...without(stored(), named), named])
  namesChanged()
}

/** Nothing of the node is kept any more. */
export function forgetName(who: Who): void {
  namedHere = without(namedHere, who)
  store(without(stored(), who))
  namesChanged()
}
