/** Runs what docs/use-cases.md tells people to run: its commands in a shell, its JavaScript as the developer tools' console does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { deflateRawSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { root } from '../.scripts/paths.mjs'
import { fileOf, keyOfSeed, type SigningKey } from '../src/bench/trace-to-bundle.ts'
import { fromHex, toHex } from '../src/core/bytes.ts'
import { signedBytes } from '../src/core/keys.ts'
import { asOpId, hashOp } from '../src/core/op.ts'
import { encodeBody } from '../src/crdt/body.ts'
import { expect, test } from './fixtures.ts'
import { agree, messagesOf, said, type, typeAll } from './tabs.ts'

/** The page's code by name: fenced blocks that begin with "sh NAME" or "js NAME". */
const recipes = new Map(
  [...readFileSync(join(root, 'docs/use-cases.md'), 'utf8').matchAll(/^```(?:sh|js) ([\w-]+)\n([^]*?)^```$/gm)].map(
    ([, name, code]) => [name!, code!] as const,
  ),
)

/** The code of that name, with each placeholder ('KEY-1', …) replaced by the key at that place. */
const recipe = (name: string, keys: readonly string[] = []): string =>
  recipes.get(name)!.replaceAll(/KEY-(\d)/g, (_, n: string) => keys[Number(n) - 1]!)

/** Evaluates a recipe as a person would: pasted into the tab's console. Gives its last value; throws what it throws. */
async function inConsole(page: Page, name: string, keys: readonly string[] = []): Promise<unknown> {
  const session = await page.context().newCDPSession(page)
  const options = { replMode: true, awaitPromise: true, returnByValue: true }
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression: recipe(name, keys), ...options })
  await session.detach()
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return result.value
}

/** Runs a recipe in a shell whose nodes are kept in `home`; gives what it printed, and fails if a command does. */
async function inShell(name: string, link: string, home: string): Promise<string> {
  const shell = spawn('sh', ['-ec', recipe(name)], { cwd: root, env: { ...env, HOME: home, LINK: link } })
  let printed = ''
  for (const stream of [shell.stdout, shell.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const [code] = (await once(shell, 'close')) as [number | null]
  expect(code, printed).toBe(0)
  return printed
}

const keyOf = async (page: Page): Promise<string> => (await said(page, 'node'))!

/** The file of an author that signs each of these messages as its first op in the room. */
async function equivocation(page: Page, key: SigningKey, texts: readonly string[]): Promise<string> {
  const room = asOpId(fromHex((await said(page, 'room'))!)!)
  const units = texts.map(async (text) => {
    const body = encodeBody({ kind: 'message', text })
    const op = { room, author: key.author, seq: 0, prev: null, deps: [room], time: 0, body }
    const id = hashOp(op)
    return [{ op, id, signature: await key.sign(signedBytes(id)) }]
  })
  return Buffer.from(fileOf(await Promise.all(units), deflateRawSync)).toString('base64')
}

const importInto = (page: Page, file: string) =>
  page.evaluate((base64) => window.tabweave.import(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))), file)

test('every recipe of the page is run here', () => {
  const here = readFileSync(join(root, 'e2e/use-cases.spec.ts'), 'utf8')
  expect([...recipes.keys()].filter((name) => !here.includes(`, '${name}'`) && !here.includes(`('${name}'`))).toEqual([])
  expect(recipes.size).toBeGreaterThan(10)
})

test('a group log is written through pipes by one author, printed, and compared by its digest', async ({ host, device }) => {
  const tab = await (await device()).open(`${host.address}/#new`)
  const home = mkdtempSync(join(tmpdir(), 'tabweave-use-cases-'))
  const printed = await inShell('group-log', tab.url(), home)
  expect(await messagesOf(tab)).toEqual(['deployed 1.4.2', 'tests passed', 'image pushed'])
  const [, ...entries] = await tab.evaluate(() => window.tabweave.history())
  expect(new Set(entries.map(({ author }) => author)).size).toBe(1)
  const auditor = printed.slice(printed.indexOf(' “auditor” '))
  for (const text of await messagesOf(tab)) expect(auditor).toContain(`: ${text}\n`)
  expect(auditor).toContain('* all agree: ')
  expect(await inShell('digest', tab.url(), home)).toBe(`${await agree([tab], 4)}\n`)
  rmSync(home, { recursive: true, force: true })
})

test('receipts, lists kept by one author, and lanes give every reader the same', async ({ host, device }) => {
  const founder = await (await device()).open(`${host.address}/#new`)
  const other = await (await device()).open(founder.url())
  await type(founder, 'order 40 units')
  await agree([founder, other], 2)
  expect(await inConsole(founder, 'receipts')).toBe('seen by 0 of 0')
  await type(other, 'ordered')
  await agree([founder, other], 3)
  expect(await inConsole(founder, 'receipts')).toBe('seen by 1 of 1')

  await typeAll(founder, ['allow alice', 'allow bob', 'revoke alice', 'allow alice'])
  await typeAll(other, ['allow mallory', 'revoke bob'])
  await agree([founder, other], 9)
  for (const reader of [founder, other]) expect(await inConsole(reader, 'allow-list')).toEqual(['bob'])

  await typeAll(other, ['to B: debit 5', 'to C: debit 6', 'to B: debit 7'])
  await agree([founder, other], 12)
  const lane = [
    [3, 'debit 5'],
    [5, 'debit 7'],
  ]
  for (const reader of [founder, other]) expect(await inConsole(reader, 'message-lane', [await keyOf(other)])).toEqual(lane)
})

test('a source or a sender that signs two ops with one number is exposed to every reader', async ({ host, device }) => {
  const { open } = await device()
  const founder = await open(`${host.address}/#new`)
  const other = await open(founder.url())
  const third = await open(founder.url())
  const honest = [founder, other, third]
  const liar = await keyOfSeed('a liar of the use cases')
  const keys = [...(await Promise.all(honest.map(keyOf))), toHex(liar.author)]
  await Promise.all(honest.map((tab, i) => type(tab, `EUR/USD ${[1.08, 1.1, 1.09][i]}`)))
  await agree(honest, 4)
  for (const reader of honest) expect(await inConsole(reader, 'oracle-feed', keys)).toBe(1.09)

  // Each of two readers is told another value, both below the honest ones: either would move the median.
  await importInto(founder, await equivocation(founder, liar, ['EUR/USD 0.5']))
  await importInto(other, await equivocation(founder, liar, ['EUR/USD 0.6']))
  await agree(honest, 6)
  for (const reader of honest) {
    expect(await inConsole(reader, 'oracle-feed', keys)).toBe(1.09)
    await expect(reader.getByRole('button', { name: '1 equivocation' })).toBeVisible()
  }

  const rogue = await keyOfSeed('a sender of the use cases')
  const lane = [toHex(rogue.author)]
  await importInto(third, await equivocation(third, rogue, ['to B: debit 5', 'to B: credit 5']))
  await agree(honest, 8)
  for (const reader of honest) await expect(inConsole(reader, 'message-lane', lane)).rejects.toThrow('two ops with the same number')
})

test('every reader computes the same custody, and sees when an owner has given twice', async ({ host, device }) => {
  const { open } = await device()
  const founder = await open(`${host.address}/#new`)
  const second = await open(founder.url())
  const readers = [founder, second]
  const thief = await keyOfSeed('an owner of the use cases')
  const keys = [await keyOf(founder), await keyOf(second), toHex(thief.author)] as const
  await typeAll(founder, [`give ticket 7 to ${keys[1]}`, `give ticket 7 to ${keys[0]}`])
  await agree(readers, 3)
  for (const reader of readers)
    expect(await inConsole(reader, 'custody')).toEqual({ owner: keys[1], custody: keys.slice(0, 2), isDisputed: false })
  await type(second, `give ticket 7 to ${keys[2]}`)
  await agree(readers, 4)
  for (const reader of readers) expect(await inConsole(reader, 'custody')).toEqual({ owner: keys[2], custody: keys, isDisputed: false })
  await importInto(second, await equivocation(second, thief, [`give ticket 7 to ${keys[0]}`, `give ticket 7 to ${keys[1]}`]))
  await agree(readers, 6)
  const results = await Promise.all(readers.map((reader) => inConsole(reader, 'custody')))
  expect(results[1]).toEqual(results[0])
  expect(results[0]).toMatchObject({ isDisputed: true })
})

test('a sealed-bid auction by commit and reveal counts what the auctioneer named; a statement is co-signed', async ({ host, device }) => {
  const { open } = await device()
  const auctioneer = await open(`${host.address}/#new`)
  const [bidder, copier] = [await open(auctioneer.url()), await open(auctioneer.url())]
  const all = [auctioneer, bidder, copier]
  const beginning = async (word: string) => (await messagesOf(auctioneer)).find((text) => text.startsWith(word))!
  await inConsole(bidder, 'auction-commit')
  await agree(all, 2)
  expect(await beginning('commit ')).toMatch(/^commit [\d,]+$/)
  await type(copier, await beginning('commit '))
  await agree(all, 3)
  await inConsole(auctioneer, 'auction-close')
  await inConsole(auctioneer, 'auction-commit')
  await agree(all, 5)
  // A copied commit opens nothing under another key, and the auctioneer's own commit came after its close.
  await inConsole(bidder, 'auction-reveal')
  await agree(all, 6)
  await type(copier, await beginning('reveal '))
  await inConsole(auctioneer, 'auction-reveal')
  await agree(all, 8)
  for (const reader of all) expect(await inConsole(reader, 'auction-result')).toEqual([[await keyOf(bidder), 120]])

  const group = await Promise.all(all.map(keyOf))
  await typeAll(auctioneer, ['I sign: release 1.4.2', 'I sign: release 1.4.2'])
  await type(bidder, 'I sign: release 1.4.2')
  await type(copier, 'I sign: release 1.4.3')
  await agree(all, 12)
  for (const reader of all) expect(await inConsole(reader, 'co-signed', group)).toBe(2)
})
