/** Links as they reach people. */
import { expect, test } from 'vitest'
import { findLink, LINK_CHARACTERS, charactersOfLink } from './room-link.ts'

const LINK = `${'aB3_-'.repeat(17)}w`
const ADDRESS = `https://weave.example/#${LINK}`

test.each([
  ['alone', LINK],
  ['with its sign', `#${LINK}`],
  ['an address', ADDRESS],
  ['between spaces and lines', `\n  ${ADDRESS}\n`],
  ['before a comma', `${ADDRESS},`],
  ['at the end of a sentence', `Our room is ${ADDRESS}.`],
  ['before another sentence', `Our room is ${ADDRESS}. See you there!`],
  ['in brackets', `(${ADDRESS})`],
  ['in angle brackets', `<${ADDRESS}>`],
  ['in guillemets', `‹${ADDRESS}› «${ADDRESS}»`],
  ['in quotes', `"${ADDRESS}"`],
  ['in other quotes', `“${ADDRESS}”`],
  ['as Markdown', `[room](${ADDRESS})`],
  ['as HTML', `<a href="${ADDRESS}">room</a>`],
  ['with its sign escaped', ADDRESS.replace('#', '%23')],
  ['all escaped', encodeURIComponent(ADDRESS)],
  ['with letters that nobody sees', `\ufeff${ADDRESS.slice(0, 40)}\u200b${ADDRESS.slice(40)}\u2060`],
  ['turned', `\u202a${ADDRESS}\u202c`],
  ['before a slash', `${ADDRESS}/`],
  ['with what a mail program adds', `https://weave.example/?utm_source=mail#${LINK}&more=1`],
  ['twice', `${ADDRESS} ${ADDRESS}`],
])('a link is found %s', (_how, text) => {
  expect(findLink(text)?.fragment).toBe(LINK)
})

test('an invitation behind it belongs to it', () => {
  expect(findLink(`Scan this: ${ADDRESS}.abc-DEF_1, please`)?.fragment).toBe(`${LINK}.abc-DEF_1`)
})

test.each([
  ['nothing', ''],
  ['words', 'two words of some length'],
  ['an address without one', 'https://weave.example/#'],
  ['a letter too few', LINK.slice(1)],
  ['a letter too many', `${LINK}A`],
  ['another letter within', LINK.replace('3', '!')],
  ['a last letter that no 64 bytes give', LINK.replace(/w$/, 'x')],
])('no link is found in %s', (_what, text) => {
  expect(findLink(text)).toBe(null)
})

test.each([
  ['nothing', '', 0],
  ['an address without a row', 'https://weave.example/#', 0],
  ['a letter too few', ADDRESS.slice(0, -1), LINK_CHARACTERS - 1],
  ['a letter too few, alone', LINK.slice(1), LINK_CHARACTERS - 1],
  ['an address without "#"', `https://weave.example/${'a'.repeat(50)}`, 0],
  ['a letter too few, with an invitation', `${ADDRESS.slice(0, -1)}.${'a'.repeat(300)}`, LINK_CHARACTERS - 1],
  ['a letter too many, escaped', encodeURIComponent(`${ADDRESS}A`), LINK_CHARACTERS + 1],
  ['a last letter that no 64 bytes give', ADDRESS.replace(/w$/, 'x'), LINK_CHARACTERS],
])('a person who mends a link is told how many letters it has: %s', (_what, text, letters) => {
  expect(charactersOfLink(text)).toBe(letters)
})
