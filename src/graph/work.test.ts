/** How much a picture, a pointer and the list for screen readers look at and say, in graphs that somebody made large. */
import { describe, expect, test } from 'vitest'
import { easeColumns } from './columns-shown.ts'
import { drawEdges } from './draw-edges.ts'
import { sight } from './draw.ts'
import { MAX_SEEN } from './feed.ts'
import type { Frame } from './frame.ts'
import { PALETTES } from './palette.ts'
import { pick } from './pick.ts'
import { createRecorder } from './recorder.naive.ts'
import { createScene, feedScene, type Scene, settleScene } from './scene.ts'
import { describeDrawn } from './seen.ts'
import { feedOf, idBytes, keyBytes, type WrittenOp } from './written-dag.naive.ts'

function sceneOf(ops: readonly WrittenOp[]): Scene {
  const scene = createScene()
  for (const feed of feedOf(ops)) feedScene(scene, feed, 0)
  settleScene(scene)
  easeColumns(scene, 1)
  return scene
}

/** A window of 400 × 500 CSS pixels whose upper edge is at `row`. */
function frameOf(scene: Scene, row: number, rowGap: number): Frame {
  const base = { scene, camera: { x: 60, y: -row * rowGap, laneGap: 60, rowGap }, height: 500 }
  return {
    ...base,
    ...sight(base),
    box: { left: 40, top: 56, right: 340, bottom: 500, full: 340 },
    width: 400,
    coveredFrom: 340,
    pixelRatio: 1,
    palette: PALETTES.light,
    words: { you: 'you', equivocation: 'equivocation', more: 'more' },
    now: 0,
    reducedMotion: true,
    hovered: null,
  }
}

/** Counts how often the next op of a row is asked for. */
function countLooks({ layout }: Scene): () => number {
  let looks = 0
  layout.rowNext = new Proxy(layout.rowNext, {
    get(row, key) {
      looks++
      return Reflect.get(row, key) as unknown
    },
  })
  return () => looks
}

/** A genesis, `count` ops on it, and then a chain of `tail` ops of one author. */
function wide(count: number, tail: number): WrittenOp[] {
  const ops: WrittenOp[] = [{ name: 'genesis', author: 0, seq: 0, parents: [] }]
  for (let i = 0; i < count; i++) ops.push({ name: `${i}`, author: 1, seq: 0, parents: [0] })
  for (let i = 1; i <= tail; i++) ops.push({ name: `tail ${i}`, author: 0, seq: i, parents: [i === 1 ? 0 : ops.length - 1] })
  return ops
}

describe('D17', () => {
  test('of 100,000 ops above the window no more than MAX_LOOKED_AT are looked at for their edges', () => {
    const scene = sceneOf(wide(100_000, 60))
    const looks = countLooks(scene)
    drawEdges(createRecorder(), frameOf(scene, 40, 20))
    expect(looks()).toBeGreaterThan(1_000)
    expect(looks()).toBeLessThanOrEqual(32_768)
  })

  test('of 100,000 ops in a row no more than MAX_LOOKED_AT are looked at to find the one under the pointer', () => {
    const scene = sceneOf(wide(100_000, 60))
    const frame = frameOf(scene, -3, 20)
    const looks = countLooks(scene)
    // One look to see that they are many, one for the nearest of the first.
    const found = pick(frame, 120, 80)
    expect(looks()).toBeLessThanOrEqual(2 * 4_000 + 100)
    expect(scene.layout.row[found as number]).toBe(1)
  })

  test('of 200 authors, ops and ghosts in sight MAX_SEEN are named, the rest is counted', () => {
    const ops = Array.from({ length: 200 }, (_, i): WrittenOp => ({ name: `${i}`, author: i, seq: 0, parents: i === 0 ? [] : [0] }))
    const scene = sceneOf(ops)
    const ghosts = ops.map((_, i) => ({
      ...{ id: idBytes(1_000 + i), author: keyBytes(0), seq: i },
      ...{ state: 'pending' as const, reason: 'missing-parent', parents: [0] },
    }))
    const say = (): ReturnType<typeof describeDrawn> => describeDrawn(frameOf(scene, 0, 20))
    expect([say().authors.length, say().seen.length, say().hidden]).toEqual([MAX_SEEN, MAX_SEEN, 200 - MAX_SEEN])
    feedScene(scene, { type: 'ghosts', ghosts }, 0)
    expect(say().seen).toHaveLength(2 * MAX_SEEN)
    // From afar, where ops are not drawn one by one.
    const far = describeDrawn(frameOf(sceneOf(wide(5_000, 1_000)), 0, 0.4))
    expect(far.seen).toHaveLength(MAX_SEEN)
  })
})
