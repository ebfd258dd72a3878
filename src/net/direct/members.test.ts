/** Which tab connects for its browser, and which other browsers there are, while others come and go. */
import { expect, test } from 'vitest'
import { fromHex } from '../../core/bytes.ts'
import {
  canIntroduce,
  createMembers,
  forgetMember,
  hear,
  MAX_MEMBERS,
  type Members,
  otherDevices,
  settle,
  SETTLED_AFTER,
} from './members.ts'

const id = (n: number): string => n.toString(16).padStart(64, '0')
const here = (device: number, ...near: number[]) => ({
  type: 'here' as const,
  device: fromHex(id(device))!,
  near: near.map((n) => fromHex(id(n))!),
})

const STRANGERS = { worthOf: (_id: string) => 0, lot: () => 0 }
const heard = (
  members: Members,
  from: string,
  said: ReturnType<typeof here>,
  sameBrowser: boolean,
  now: number,
  table = STRANGERS,
): boolean => hear(members, from, said, sameBrowser, now, table)

/** A tab with this number that has just begun, and what it makes of who is there when it has waited. */
const begun = (self: number) => createMembers(id(self), 0)

test('a tab alone connects for itself, after it has waited for others', () => {
  const members = begun(5)
  expect([settle(members, 100), members.device]).toEqual([false, null])
  expect([settle(members, 700), members.device]).toEqual([true, id(5)])
})

test('a tab that comes later leaves it to the one that connects already, whatever their order', () => {
  for (const first of [3, 9]) {
    const members = begun(5)
    heard(members, id(first), here(first), true, 10)
    settle(members, 20)
    expect(members.device).toBe(id(first))
  }
})

test('of two that both began, the lower one goes on and the other leaves off', () => {
  const [low, high] = [begun(3), begun(9)]
  for (const members of [low, high]) settle(members, 700)
  heard(low, id(9), here(9), true, 710)
  heard(high, id(3), here(3), true, 710)
  expect([settle(low, 720), low.device]).toEqual([false, id(3)])
  expect([settle(high, 720), high.device]).toEqual([true, id(3)])
})

test('when the tab that connects has ended, the lowest of the others goes on', () => {
  const members = begun(5)
  heard(members, id(9), here(9), true, 10)
  heard(members, id(4), here(9), true, 10)
  settle(members, 20)
  forgetMember(members, id(9))
  settle(members, 30)
  expect(members.device).toBe(id(4))
})

test('other browsers are known by the tab that connects for them, and by neighbours who are connected to them; own tabs are none, and nobody speaks for others', () => {
  const members = begun(1)
  heard(members, id(2), here(2), true, 10)
  heard(members, id(20), here(20, 30, 2, 1, 21), false, 10)
  heard(members, id(21), here(20), false, 10)
  heard(members, id(40), here(41, 42), false, 10)
  settle(members, 20)
  expect(otherDevices(members, [])).toEqual([20].map(id))
  expect(otherDevices(members, [id(20)])).toEqual([20, 30].map(id))
  expect([20, 21, 40].map((n) => canIntroduce(members, id(n), id(30)))).toEqual([true, false, false])
})

test('who is silent is gone, and a tab of this browser stays one whatever is said in its name elsewhere', () => {
  const members = begun(1)
  heard(members, id(2), here(2), true, 10)
  expect(heard(members, id(2), here(9), false, 20)).toBe(false)
  heard(members, id(20), here(20), false, 10)
  settle(members, 700)
  expect(otherDevices(members, [])).toEqual([id(20)])
  expect(members.device).toBe(id(2))
  settle(members, 50_011)
  expect(otherDevices(members, [])).toEqual([])
})

test('D10 of more than MAX_MEMBERS no more are remembered', () => {
  const members = begun(0)
  for (let n = 1; n <= MAX_MEMBERS; n++) expect(heard(members, id(n), here(n), false, 1)).toBe(true)
  expect(heard(members, id(MAX_MEMBERS + 1), here(MAX_MEMBERS + 1), false, 1)).toBe(false)
  expect(otherDevices(members, [])).toHaveLength(MAX_MEMBERS)
})

test('D18 in a full table a stranger gives way to a newcomer after SETTLED_AFTER, a known author and a tab of this browser never do', () => {
  const members = begun(0)
  const worthOf = (who: string): number => (who === id(1) ? 0.5 : 0)
  const say = (n: number, now: number): boolean => heard(members, id(n), here(n), n === 2, now, { worthOf, lot: () => 0 })
  for (let n = 1; n <= MAX_MEMBERS; n++) say(n, 0)
  expect(say(MAX_MEMBERS + 1, SETTLED_AFTER - 1)).toBe(false)
  // One more than there are strangers: each of them has given way once, and the newcomers have not settled.
  const came = Array.from({ length: MAX_MEMBERS - 1 }, (_, n) => say(MAX_MEMBERS + 2 + n, SETTLED_AFTER))
  expect(came.filter((isNew) => isNew)).toHaveLength(MAX_MEMBERS - 2)
  expect([1, 2].every((n) => members.known.has(id(n)))).toBe(true)
})
