/**
 * D17: heads by the hundred thousand. One key writes 60,000 ops on the genesis, none of which follows another; with HEADS=100000 in the
 * environment as many more. Work is counted, not timed: bytes that are hashed.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '../../core/bytes.ts'
import { idOf } from '../../core/dag.ts'
import { naiveDigest } from '../../core/heads-digest.naive.ts'
import { numbersIn } from '../../core/number-set.ts'
import type { Unit } from '../../core/unit.ts'
import { headsOf } from '../../sync/state.ts'
import { digestOfStored } from '../../sync/stored-heads.ts'
import type { SimNode } from '../node.ts'
import {
  agree,
  createStage,
  join,
  keyNamed,
  kill,
  linkNamed,
  message,
  opsOf,
  push,
  restart,
  run,
  runUntil,
  say,
  type Stage,
} from '../stage.ts'

const digestOf = ({ engine }: SimNode): string => toHex(digestOfStored(headsOf(engine)))

/** One key's ops `from` … `to` − 1 on the genesis. */
function flood(stage: Stage, node: SimNode, from: number, to: number): void {
  for (let at = from; at < to; at += 1_000) {
    const op = (_: unknown, n: number): Unit => [message(stage, keyNamed('flooder'), null, [stage.room], `${at + n}`)]
    push(stage, node, linkNamed(stage, 'flooder'), Array.from({ length: Math.min(1_000, to - at) }, op))
  }
}

const stage = createStage(2)
const [alice, bob] = stage.nodes as [SimNode, SimNode]

/** As many as `npm test` tries, and then as many as HEADS says. */
const COUNTS = [60_000, ...(process.env['HEADS'] ?? '').split(',').flatMap((count) => Number(count) || [])]

describe.each(COUNTS.map((count, i) => [count, COUNTS[i - 1] ?? 0] as const))('%i heads by one key', (count, before) => {
  beforeAll(() => {
    flood(stage, alice, before, count)
    runUntil(stage, 300_000, () => agree(stage), 100)
    run(stage, 2_000)
  }, 120_000)

  test('D17 many heads are admitted and agreed on, with the digest that the protocol says', () => {
    expect(agree(stage)).toBe(true)
    for (const node of [alice, bob]) expect(opsOf(node)).toBeGreaterThan(count)
    const { dag } = alice.engine.replica
    expect(digestOf(bob)).toBe(naiveDigest([...numbersIn(dag.heads)].map((op) => toHex(idOf(dag, op)))))
  })

  test('D17 many heads make a change cost what it changes: bytes that are hashed for it', () => {
    const hashed = (): number => headsOf(bob.engine).work.hashed
    const took: number[] = []
    for (let i = 0; i < 7; i++) {
      const start = hashed()
      push(stage, alice, linkNamed(stage, 'flooder'), [[message(stage, keyNamed('flooder'), null, [stage.room], `${count} and ${i}`)]])
      expect(runUntil(stage, 60_000, () => agree(stage), 100)).toBeLessThan(60_000)
      took.push(hashed() - start)
    }
    // A path of the digest's tree, and one of the tree of a part. Comparing another's parts takes more, and is rare.
    expect(took.sort((a, b) => a - b)[3]).toBeLessThan(40_000)
  })

  test('D17 many heads let everybody write: an own op follows some of them, and is told', () => {
    const hashed = headsOf(alice.engine).work.hashed
    for (let i = 0; i < 10; i++) {
      say(stage, i % 2 === 0 ? alice : bob, `${count} and still here ${i}`)
      run(stage, 1_000)
    }
    expect(runUntil(stage, 60_000, () => agree(stage), 100)).toBeLessThan(60_000)
    // Up to 64 heads go, and one comes. Hashing all of them anew would be 2 MB for each.
    expect((headsOf(alice.engine).work.hashed - hashed) / 10).toBeLessThan(65 * 15_000)
  })

  test('D17 many heads are there again when a node comes back from its disk', () => {
    kill(stage, alice)
    restart(stage, alice)
    expect(opsOf(alice)).toBeGreaterThan(count)
    say(stage, alice, 'back again')
    expect(runUntil(stage, 60_000, () => agree(stage), 100)).toBeLessThan(60_000)
    expect(digestOf(alice)).toBe(digestOf(bob))
  })
})

test('D17 many heads are fetched by a newcomer', { timeout: 120_000 }, () => {
  const carol = join(stage)
  // The digest is that of what is stored.
  expect(runUntil(stage, 300_000, () => digestOf(carol) === digestOf(alice), 100)).toBeLessThan(300_000)
  expect(opsOf(carol)).toBe(opsOf(alice))
})
