/** A peer that is killed every few seconds and comes back, each time as another sender. Open questions to its dead runs delay nothing. */
import { expect, test } from 'vitest'
import type { UnitOp } from '../core/unit.ts'
import { createDisk, read, write } from '../sim/disk.ts'
import { addNode, type SimNode, start } from '../sim/node.ts'
import { createRandom } from '../sim/random.ts'
import { createStage, keyNamed, kill, linkNamed, message, opsOf, push, restart, run, runUntil, type Stage } from '../sim/stage.ts'
import { nextIdentity } from '../sim/world.ts'

/** How long a life of the peer is (ms). */
const LIFE = 3_000
/** One way (ms): a question and its answer take a third of a life. */
const SLOW = { least: 300, most: 700 }
/** Some 4.5 MB: more than one life gives. */
const OPS = 1_500
const TEXT_BYTES = 3_000
/** Ops that come to the peer together, so that they are stored in small parts. */
const BROUGHT = 20

/** A chain of ops whose texts no compression makes much shorter. */
function historyOf(stage: Stage): UnitOp[] {
  const { bytes } = createRandom(1, 'texts')
  const key = keyNamed('wrote before')
  const chain: UnitOp[] = []
  while (chain.length < OPS) {
    const text = String.fromCharCode(...bytes(TEXT_BYTES).map((byte) => 32 + (byte % 90)))
    chain.push(message(stage, key, chain.at(-1) ?? null, chain.length === 0 ? [stage.room] : [], text))
  }
  return chain
}

test('D24 a node on a slow path catches up with a peer that is killed every 3 s and comes back as another sender', () => {
  const stage = createStage(1, { delay: SLOW })
  const [alice] = stage.nodes as [SimNode]
  const history = historyOf(stage)
  for (let i = 0; i < OPS; i += BROUGHT) push(stage, alice, linkNamed(stage, 'brought it'), [history.slice(i, i + BROUGHT)])
  expect(runUntil(stage, 60_000, () => alice.engine.stored === 1 + OPS, 100)).toBeLessThan(Infinity)
  // No end of a life takes any of it.
  const whole = read(alice.disk, 0, Infinity)
  alice.disk = createDisk()
  write(alice.disk, whole, 'strict')
  const bob = addNode(stage.world, nextIdentity(stage.world), createDisk())
  bob.neighbours.push(alice.index)
  alice.neighbours.push(bob.index)
  start(stage.world, bob, false)
  const senders = new Set<string>()
  for (let life = 0; life < 15 && opsOf(bob) <= OPS; life++) {
    kill(stage, alice)
    restart(stage, alice)
    senders.add(alice.engine.senderId)
    run(stage, LIFE)
    if (life === 0) expect(opsOf(bob)).toBeLessThan(OPS)
  }
  expect(opsOf(bob)).toBe(1 + OPS)
  expect(senders.size).toBeGreaterThan(2)
})
