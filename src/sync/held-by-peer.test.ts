/** What is known of the ops that a peer holds, and what is not. */
import { expect, test } from 'vitest'
import { give, type SimNode } from '../sim/node.ts'
import { agree, apart, chainOf, claim, createStage, ghostId, keyNamed, latestOf, linkNamed, opsOf, run, say } from '../sim/stage.ts'
import { bundleOf } from '../sim/villain.ts'
import { type HeldByPeer, heldByPeer } from './held-by-peer.ts'

test('D17 of a peer that agrees all is known, of any number of heads; once it may hold more than it named, that is said', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  const units = Array.from({ length: 300 }, (_, i) => chainOf(stage, keyNamed(`writer ${i}`), 1))
  give(stage.world, alice, { type: 'import', ref: 1, bundles: [bundleOf(units)] })
  run(stage, 30_000)
  const ops = opsOf(alice)
  expect([agree(stage), alice.engine.replica.dag.heads.size]).toEqual([true, 300])
  const ofBob = (): HeldByPeer => heldByPeer(alice.engine, alice.engine.peers.get(bob.engine.senderId)!)
  expect(ofBob()).toEqual({ first: ops, heads: [], isAll: true })
  apart(stage, bob)
  say(stage, alice, 'one more')
  const { first, heads, isAll } = ofBob()
  expect([first, heads.length < 300, isAll]).toEqual([0, true, false])
})

test('of a peer that names all of its heads all is known, if they are known here', () => {
  const stage = createStage(1)
  const [alice] = stage.nodes as [SimNode]
  const genesis = latestOf(alice)
  say(stage, alice, 'hello')
  const link = linkNamed(stage, 'bob')
  const held = (...said: [heads: Parameters<typeof claim>[3], headCount?: number]): HeldByPeer => {
    claim(stage, alice, link, ...said)
    return heldByPeer(alice.engine, alice.engine.peers.get(link)!)
  }
  expect(held([genesis])).toEqual({ first: 0, heads: [0], isAll: true })
  expect(held([genesis], 2)).toEqual({ first: 0, heads: [0], isAll: false })
  expect(held([genesis, ghostId(1)])).toEqual({ first: 0, heads: [0], isAll: false })
  expect(held([ghostId(1)])).toEqual({ first: 0, heads: [], isAll: false })
})
