/** A node in a terminal among tabs: another process, another runtime, files instead of a database, and the same room. */
import { expect } from './fixtures.ts'
import { agree, messagesOf, numbered, oneHistory, said, type } from './tabs.ts'
import { type Command, test } from './terminal.ts'

/** Waits until the command has said that all hold so many ops; gives the digest. */
async function agreed(command: Command, ops: number): Promise<string> {
  const line = new RegExp(`^\\* all agree: .* the same ${ops} ops? as this node, digest ([0-9a-f]{64})$`, 'm')
  await expect.poll(() => command.printed(), { message: `the terminal says that all hold ${ops} ops` }).toMatch(line)
  return line.exec(command.printed())![1]!
}

const authorOf = (command: Command): string => /^\* (.+? [0-9a-f]{8}) /m.exec(command.printed())![1]!

test('a node in a terminal and two tabs agree on one digest, each shows what the others type, and it comes back as who it was', async ({
  host,
  device,
  node,
}) => {
  const first = await (await device()).open(`${host.address}/#new`)
  const second = await (await device()).open(first.url())
  await type(first, 'from the first tab')
  const terminal = node(first.url(), '--name', 'ALICE')
  expect(await agreed(terminal, 2)).toBe(await agree([first, second], 2))
  expect(terminal.printed()).toContain(': from the first tab\n')

  terminal.type('from the terminal')
  await expect(second.getByRole('list', { name: 'History', exact: true }).getByText('from the terminal', { exact: true })).toBeVisible()
  await type(second, 'from the second tab')
  await expect.poll(() => terminal.printed()).toContain(': from the second tab\n')
  expect(await agreed(terminal, 4)).toBe(await agree([first, second], 4))

  // The tab names the terminal's author by the same key.
  const authors = await second.evaluate(async () => (await window.tabweave.history()).map(({ author, text }) => ({ author, text })))
  const author = authors.find(({ text }) => text === 'from the terminal')!.author
  expect(authorOf(terminal)).toContain(author.slice(0, 8))

  expect(await terminal.ended('SIGINT')).toBe(0)
  await expect.poll(() => said(first, 'peers')).toBe('1')
  await type(first, 'while it was away')
  const again = node(first.url(), '--name', 'ALICE')
  await expect.poll(() => again.printed()).toContain(': while it was away\n')
  again.type('and back')
  expect(await agreed(again, 6)).toBe(await agree([first, second], 6))
  expect(authorOf(again)).toBe(authorOf(terminal))
  const texts = ['from the first tab', 'from the terminal', 'from the second tab', 'while it was away', 'and back']
  await oneHistory([first, second], texts)
  const history = await first.evaluate(() => window.tabweave.history())
  expect(history.find(({ text }) => text === 'and back')).toMatchObject({ author, seq: 1, equivocates: false })
})

test('E2 a node that is killed while it writes comes back with all that it showed, and signs no seq twice', async ({
  host,
  device,
  node,
}) => {
  const tab = await (await device()).open(`${host.address}/#new`)
  const terminal = node(tab.url())
  await agreed(terminal, 1)
  for (const line of numbered('line', 400)) terminal.type(line)
  await expect.poll(() => terminal.printed()).toContain(': line 50\n')
  expect(await terminal.ended('SIGKILL')).toBe(null)
  const shown = [...terminal.printed().matchAll(/\(you\): (line \d+)$/gm)].map(([, text]) => text)
  const again = node(tab.url())
  again.type('back')
  await expect.poll(async () => (await messagesOf(tab)).at(-1)).toBe('back')
  const history = await tab.evaluate(() => window.tabweave.history())
  const messages = history.filter(({ kind }) => kind === 'message')
  expect(messages.map(({ text }) => text).slice(0, shown.length)).toEqual(shown)
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i))
  expect(await tab.evaluate(() => window.tabweave.evidence())).toEqual([])
  expect(await again.ended('SIGTERM')).toBe(0)
})

test('a pipe into a room that a terminal began ends when a tab has it all, and the digest can be asked for', async ({
  host,
  device,
  node,
}) => {
  const founder = node('--new', 'begun in a terminal', '--name', 'founder', '--relay', host.address)
  await expect.poll(() => founder.printed()).toMatch(/^\* link: /m)
  const link = /^\* link: (.*)$/m.exec(founder.printed())![1]!
  const tab = await (await device()).open(link)
  await expect(tab.getByText('begun in a terminal').first()).toBeVisible()
  const pipe = node(link, '--name', 'pipe', '--once')
  for (const line of numbered('line', 100)) pipe.type(line)
  pipe.end()
  expect(await pipe.ended()).toBe(0)
  expect(await messagesOf(tab)).toEqual(numbered('line', 100))
  const asked = node(link, '--name', 'asked', '--digest')
  expect(await asked.ended()).toBe(0)
  expect(asked.printed()).toBe(`${await agree([tab], 101)}\n`)
})
