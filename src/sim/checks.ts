/**
 * What must be true of a world at the end, whatever happened in it: correct nodes hold the same set, it is the one that the
 * definition gives, everything worked out from it is what a replay from scratch gives, and no accepted op is lost.
 */
import { equalBytes } from '../core/bytes.ts'
import { idOf, numberOf, sortedHeads } from '../core/dag.ts'
import { encodeEvidence, openEvidence } from '../core/evidence-file.ts'
import { chainIn, type Verify } from '../core/evidence.ts'
import { digestOfHeads } from '../core/heads-digest.ts'
import { sliceHistory } from '../core/history.ts'
import { signedBytes } from '../core/keys.ts'
import { waitingOps } from '../core/pending.ts'
import { keyOf, type Unit, type UnitOp } from '../core/unit.ts'
import { pushAll } from '../core/lists.ts'
import { decodeBody } from '../crdt/body.ts'
import type { Peer } from '../sync/peer.ts'
import { isCurrent } from '../sync/peers.ts'
import { type Accepts, admittedSet, randomOrder, type View, viewOf } from './definition.ts'
import { read } from './disk.ts'
import { type SimNode, unitsOf } from './node.ts'
import { fail, type World } from './world.ts'

/** The rules of an open room, in other words: the genesis is a genesis, and all that follows is anything else of a known kind. */
const accepts: Accepts = ({ op }) => {
  const body = decodeBody(op.body)
  return body.ok && (op.room === null) === (body.value.kind === 'genesis')
}

/** True when nobody has anything left to do: all hold the same, it is stored, and nothing that waits could be admitted. */
export function isSettled(world: World): boolean {
  const { nodes } = world
  const [first] = nodes
  for (const { isUp, engine } of nodes) {
    const { replica, unstored, submissions, submitting, intake } = engine
    // Where the genesis was lost with the only disk that had it, nobody can write.
    const isWriting = submitting || (submissions.length > 0 && replica.dag.length > 0)
    if (!isUp || unstored.length > 0 || isWriting || intake.size > 0) return false
    if (replica.dag.length !== first!.engine.replica.dag.length) return false
  }
  return nodes.every((node) => holdsSame(world, node, first!)) && nothingLeftOut(world)
}

function holdsSame({ ledger }: World, a: SimNode, b: SimNode): boolean {
  for (let i = 0; i < ledger.entries.length; i++) if ((a.held[i] ?? 0) !== (b.held[i] ?? 0)) return false
  return true
}

/** True when no op that waits at any node belongs to the admitted set of all that correct nodes have. */
function nothingLeftOut(world: World): boolean {
  const { byId, entries } = world.ledger
  const { held } = world.nodes[0]!
  const isHeld = (key: string): boolean => held[byId.get(key)?.number ?? held.length] === 1
  const waiting = world.nodes.flatMap(({ engine }) => [...waitingOps(engine.replica.pending)])
  // Thousands may wait for what never was; only those whose missing parents are here, or wait too, can matter.
  const here = new Set(waiting.map(({ slot }) => slot.key))
  let possible = waiting
  for (;;) {
    const left = possible.filter(({ slot, missing }) => {
      for (const { key } of missing) {
        if (here.has(key) || isHeld(key)) continue
        // At once, so that a chain that waits in order falls in one pass.
        here.delete(slot.key)
        return false
      }
      return true
    })
    if (left.length === possible.length) break
    possible = left
  }
  if (possible.length === 0) return true
  const ops = possible.map(({ unitOp }) => unitOp)
  const signed = new Set(ops.filter(({ signature }) => signature !== null).map(({ id }) => keyOf(id)))
  const all = entries.filter(({ number }) => held[number] === 1).map(({ unitOp }) => unitOp)
  const isSigned = ({ id }: UnitOp): boolean => isHeld(keyOf(id)) || signed.has(keyOf(id))
  return admittedSet([...ops, ...all], world.room, isSigned, accepts).size === all.length
}

/** All of the above, of a world that has settled. */
export function checkEnd(world: World, below: (n: number) => number): void {
  const { nodes, ledger, owed } = world
  for (const number of owed) {
    for (const { held, index } of nodes) {
      if (held[number] !== 1) return fail(world, 'no accepted op is lost', `node ${index} lacks an op that was accepted`)
    }
  }
  const left = nodes.find(({ engine }) => engine.replica.pending.ops > 0)
  if (left !== undefined && losesNothing(world)) return fail(world, 'nothing is left waiting', `ops still wait at node ${left.index}`)
  const node = nodes[below(nodes.length)]!
  const set = replay(world, node)
  if (set === null) return
  const inAll = ledger.entries.filter(({ number }) => node.held[number] === 1)
  if (set.size !== inAll.length || !inAll.every(({ unitOp }) => set.has(keyOf(unitOp.id)))) {
    return fail(world, 'the set is the defined one', `the disk of node ${node.index} gives ${set.size} ops, it holds ${inAll.length}`)
  }
  const view = viewOf(randomOrder(set, below))
  for (const each of nodes) if (world.failure === null) checkView(world, each, view)
  if (world.failure === null) checkEquivocations(world, view)
  for (const each of nodes) if (world.failure === null) checkEvidence(world, each)
}

/** True where no parent can be gone for good: everybody is correct, and no disk forgets what others may have seen. */
function losesNothing({ plan }: World): boolean {
  const forgets = new Set(['crash', 'amnesia', 'evict', 'flip', 'twin'])
  return plan.strategies.length === 0 && !plan.faults.some(({ type }) => forgets.has(type))
}

/** The units on a node's disk; null when it does not hold units. */
function unitsOn(world: World, node: SimNode): Unit[] | null {
  const units: Unit[] = []
  for (const { bytes } of read(node.disk, 0, Infinity)) {
    const found = unitsOf(bytes)
    if (found === null) {
      fail(world, 'disks hold units', `a segment of node ${node.index} cannot be read`)
      return null
    }
    pushAll(units, found)
  }
  return units
}

/** The admitted set of what a node's disk holds, by definition; null when the disk does not hold units. */
function replay(world: World, node: SimNode): Map<string, UnitOp> | null {
  const units = unitsOn(world, node)
  if (units === null) return null
  const isSigned = ({ signature, id, op }: UnitOp): boolean =>
    signature !== null && world.signatures.verify(signature, signedBytes(id), op.author)
  return admittedSet(units.flat(), world.room, isSigned, accepts)
}

/** A node's incremental state against a replay from scratch. */
function checkView(world: World, { engine, index }: SimNode, view: View): void {
  const { dag, history } = engine.replica
  const wrong = (what: string): void => fail(world, 'state is a function of the set', `node ${index} has another ${what} than a replay`)
  const heads = sortedHeads(dag)
  if (heads.length !== view.heads.length || !heads.every((id, i) => equalBytes(id, view.heads[i]!))) return wrong('digest')
  const order = sliceHistory(history, 0, dag.length)
  if (order.length !== view.history.length) return wrong('length of history')
  for (const [i, op] of order.entries()) {
    const expected = view.history[i]!
    if (!equalBytes(idOf(dag, op), expected.id)) return wrong('history')
    if (dag.depth[op] !== view.depth.get(keyOf(expected.id))) return wrong('depth')
  }
  const extra = view.equivocations.reduce((sum, twins) => sum + twins.length - 1, 0)
  if (dag.equivocations.length !== extra)
    return fail(world, 'every equivocation is known', `node ${index} knows ${dag.equivocations.length} of ${extra}`)
  for (const twins of view.equivocations) {
    const numbers = new Set(twins.map(({ id }) => numberOf(dag, id)))
    const known = dag.equivocations.filter(([a, b]) => numbers.has(a) && numbers.has(b))
    if (known.length !== twins.length - 1) return fail(world, 'every equivocation is known', `node ${index} pairs other ops`)
  }
}

/** No correct node signs a seq twice, unless its disk forgot. */
function checkEquivocations(world: World, { equivocations }: View): void {
  world.counts.equivocations = equivocations.length
  for (const [{ op }] of equivocations as readonly (readonly [UnitOp])[]) {
    const honest = world.honest.get(keyOf(op.author))
    if (honest !== undefined && !world.forgetful.has(honest))
      return fail(world, 'honest nodes do not equivocate', `seq ${op.seq} was signed twice`)
  }
}

/** A node can prove every equivocation that it knows, from its own disk, to somebody who holds nothing of the room. */
function checkEvidence(world: World, node: SimNode): void {
  const { dag } = node.engine.replica
  if (dag.equivocations.length === 0) return
  const units = unitsOn(world, node)
  if (units === null) return
  const unitOf = new Map<string, Unit>()
  for (const unit of units) for (const { id } of unit) unitOf.set(keyOf(id), unit)
  const verify: Verify = (signature, id, author) => world.signatures.verify(signature, signedBytes(id as UnitOp['id']), author)
  const chainOf = (op: number): Unit | null => chainIn(unitOf.get(keyOf(idOf(dag, op))) ?? [], idOf(dag, op))
  for (const [first, second] of dag.equivocations) {
    const [a, b] = [chainOf(first), chainOf(second)]
    const opened = a === null || b === null ? null : openEvidence(encodeEvidence({ a, b }), verify)
    if (opened?.ok === true) continue
    const why = opened === null ? 'has no chain of them' : `has evidence that is refused as ${opened.reason}`
    return fail(world, 'evidence convinces a stranger', `of two ops with one seq, node ${node.index} ${why}`)
  }
}

/** By then (ms after the storm) nobody counts a run that ended in the storm, whatever its clock says: `CURRENT_FOR`, and a sixth more. */
export const BELIEVED = 19_000

/** Once everybody has told its heads again, all know of each other that they agree, and nobody believes in runs that are over. */
export function checkDigests(world: World): void {
  const { nodes, ports, plan, schedule } = world
  const isOver = schedule.now > plan.storm + BELIEVED
  const senders = new Set(nodes.map(({ engine }) => engine.senderId))
  for (const { engine, index } of nodes) {
    for (const peer of engine.peers.values()) {
      if (isOver && !senders.has(peer.id) && !ports.has(peer.id) && isCurrent(engine, peer))
        return fail(world, 'only the living are current', `node ${index} counts a run that is over`)
    }
  }
  const told = toldOther(world)
  if (told !== null) fail(world, 'equal digests', `node ${told} was told another digest by a node that holds the same`)
}

/** A node that was told another digest last by a node that runs, in a world that has settled; null if there is none. */
export function toldOther({ nodes }: World): number | null {
  const digest = digestOfHeads(sortedHeads(nodes[0]!.engine.replica.dag))
  const senders = new Set(nodes.map(({ engine }) => engine.senderId))
  const isOther = (peer: Peer): boolean => senders.has(peer.id) && peer.digest !== null && !equalBytes(peer.digest, digest)
  return nodes.find(({ engine }) => [...engine.peers.values()].some(isOther))?.index ?? null
}
