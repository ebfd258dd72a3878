/** Whole terminal nodes with their files, through a real relay. Long, since all that such a node can meet shares one set of helpers here. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pid } from 'node:process'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createRelayHost } from '../../relay/node.ts'
import { readArgs } from './args.ts'
import { HEADER_BYTES } from './record.ts'
import { run } from './run.ts'
import type { Terminal } from './session.ts'

/** A relay of this test's own, as an argument. */
async function startRelay(port = 0) {
  const host = await createRelayHost({ relay: true, host: '127.0.0.1', port, log: () => undefined })
  onTestFinished(() => host.close())
  return { ...host, at: `http://127.0.0.1:${host.port}` }
}

/** A folder of this test's own. */
function newFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'tabweave-cli-'))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A terminal, what it printed, and how the command ended. */
function start(args: readonly string[], isInteractive = false) {
  const asked = readArgs(args)
  if (asked.type !== 'run') throw new Error(JSON.stringify(asked))
  const printed: string[] = []
  const complained: string[] = []
  const leaving = new AbortController()
  const typed: (string | null)[] = []
  let wake = (): void => {}
  const lines = async function* (): AsyncGenerator<string> {
    for (;;) {
      const line = typed.shift()
      if (line === null) return
      if (line !== undefined) yield line
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const terminal: Terminal = {
    isInteractive,
    lines: lines(),
    leaving: leaving.signal,
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
  }
  const give = (line: string | null): void => {
    typed.push(line)
    wake()
  }
  const ended = run(asked.options, terminal)
  onTestFinished(async () => {
    leaving.abort()
    await ended.catch(() => undefined)
  })
  return {
    printed,
    complained,
    ended,
    type: (...all: string[]) => all.forEach(give),
    end: () => give(null),
    leave: () => leaving.abort(),
  }
}

type Started = ReturnType<typeof start>

const patiently = { timeout: 20_000, interval: 20 }
const says = (node: Started, part: string | RegExp): Promise<string> =>
  vi.waitFor(() => {
    const line = node.printed.findLast((each) => (typeof part === 'string' ? each.includes(part) : part.test(each)))
    if (line === undefined) throw new Error(`no line has ${part} among\n${[...node.printed, ...node.complained].join('\n')}`)
    return line
  }, patiently)

/** What people wrote, in the order of the lines. */
const messagesOf = ({ printed }: Started): string[] =>
  printed.flatMap((line) => /^\d{4}-.*?[0-9a-f]{8}(?: “[^”]*”)?(?: \(you\))?: (.*)$/.exec(line)?.[1] ?? [])
const authorOf = ({ printed }: Started): string => /^\* (.+? [0-9a-f]{8}) /.exec(printed[0]!)![1]!
const linkOf = async (node: Started): Promise<string> => (await says(node, '* link: ')).slice('* link: '.length)
const digestOf = (line: string): string => /digest ([0-9a-f]{64})$/.exec(line)![1]!

/** Waits until this node has said that all hold so many ops, and gives the digest. */
const agreedOn = async (node: Started, ops: number): Promise<string> =>
  digestOf(await says(node, new RegExp(`^\\* all agree.* ${ops} ops? `)))

/** Two nodes of one room, in one folder. */
async function pair() {
  const relay = await startRelay()
  const folder = newFolder()
  const alice = start(['--new', 'a room', '--name', 'alice', '--dir', folder, '--relay', relay.at])
  const link = await linkOf(alice)
  const bob = start([link, '--name', 'bob', '--dir', folder])
  return { relay, folder, alice, bob, link }
}

const folderOf = (folder: string, name: string): string =>
  join(
    folder,
    fs.readdirSync(folder).find((each) => each.startsWith(`${name}-`))!,
  )

describe('nodes in terminals', () => {
  test('two of them agree through a relay, and each shows what the other typed', async () => {
    const { alice, bob } = await pair()
    // The tests' relay is on this machine.
    await says(alice, '* this link works on this machine only')
    alice.type('hello', '', 'second line')
    await says(bob, /: second line$/)
    bob.type('hello back')
    const digest = await agreedOn(alice, 4)
    expect(await agreedOn(bob, 4)).toBe(digest)
    const said = ['created the room “a room”', 'hello', 'second line', 'hello back']
    expect([messagesOf(alice), messagesOf(bob)]).toEqual([said, said])
    expect(alice.printed.filter((line) => line.includes(' (you): '))).toHaveLength(3)
    expect(alice.printed.findLast((line) => line.endsWith('hello back'))).toContain(`${authorOf(bob)}: `)
    for (const node of [alice, bob]) node.leave()
    expect(await Promise.all([alice.ended, bob.ended])).toEqual([0, 0])
    expect([...alice.complained, ...bob.complained]).toEqual([])
  })

  test('one that comes back is the same author, catches up, and writes on where it was, with the link or without', async () => {
    const { alice, bob, link, folder } = await pair()
    bob.type('before')
    await agreedOn(alice, 2)
    bob.leave()
    await bob.ended
    alice.type('meanwhile')
    await says(alice, 'meanwhile')
    const again = start([link, '--name', 'bob', '--dir', folder])
    await says(again, 'meanwhile')
    again.type('after')
    expect(await agreedOn(again, 4)).toBe(await agreedOn(alice, 4))
    expect(authorOf(again)).toBe(authorOf(bob))
    expect(again.printed[0]).toContain(' “bob” is back in room ')
    again.leave()
    await again.ended
    // The relay is remembered with the room.
    const third = start(['--name', 'bob', '--dir', folder, '--once'])
    third.end()
    expect(await third.ended).toBe(0)
    expect(authorOf(third)).toBe(authorOf(bob))
    expect(alice.printed.some((line) => line.includes('equivocation'))).toBe(false)
  })

  test('a pipe becomes ops, and with --once the command ends when others have them', async () => {
    const { relay, folder, alice, link } = await pair()
    const carol = start([link, '--name', 'carol', '--dir', folder, '--once'])
    const lines = Array.from({ length: 700 }, (_, i) => `line ${i}`)
    carol.type(...lines, '/no command')
    carol.end()
    expect(await carol.ended).toBe(0)
    await vi.waitFor(() => expect(messagesOf(alice).slice(1)).toEqual([...lines, '/no command']), patiently)
    expect(digestOf(carol.printed.at(-1)!)).toBe(await agreedOn(alice, 702))
    expect(relay.port).toBeGreaterThan(0)
  })

  test('with --once a line stands after all that others said before, for a new node and for one that comes back', async () => {
    const relay = await startRelay()
    const folder = newFolder()
    const alice = start(['--new', 'a room', '--dir', folder, '--relay', relay.at], true)
    const link = await linkOf(alice)
    for (const round of [1, 2]) {
      const lines = Array.from({ length: 1_000 }, (_, i) => `round ${round} line ${i}`)
      alice.type(...lines)
      await says(alice, lines.at(-1)!)
      const script = start([link, '--name', 'ci', '--dir', folder, '--once'])
      script.type(`deployed ${round}`)
      script.end()
      expect(await script.ended).toBe(0)
      await says(alice, `deployed ${round}`)
      alice.printed.length = 0
      alice.type('/history 1')
      expect(await says(alice, /^\d{4}-/)).toMatch(`: deployed ${round}`)
    }
  })

  test('with --once the others know the name of who left at once', async () => {
    const relay = await startRelay()
    const folder = newFolder()
    const alice = start(['--new', 'a room', '--dir', folder, '--relay', relay.at], true)
    const carol = start([await linkOf(alice), '--name', 'carol', '--dir', folder, '--once'])
    carol.type('hello')
    carol.end()
    expect(await carol.ended).toBe(0)
    await agreedOn(alice, 2)
    await vi.waitFor(() => {
      alice.type('/history')
      expect(alice.printed.join('\n')).toContain(`${authorOf(carol)} “carol”: hello`)
    }, patiently)
  })

  test('without --once the end of a pipe is not the end of the node', async () => {
    const { alice, bob } = await pair()
    alice.type('last line')
    alice.end()
    await says(bob, 'last line')
    bob.type('still there?')
    expect(await says(alice, 'still there?')).toContain(authorOf(bob))
  })

  test('--digest prints the digest that all agree on and nothing else, and without a relay that of what is here', async () => {
    const { alice, bob, link, folder } = await pair()
    alice.type('one', 'two')
    const digest = await agreedOn(bob, 3)
    const dave = start([link, '--name', 'dave', '--dir', folder, '--digest'])
    expect(await dave.ended).toBe(0)
    expect(dave.printed).toEqual([digest])
    alice.leave()
    await alice.ended
    const here = start(['--name', 'alice', '--dir', folder, '--digest', '--relay', 'none'])
    expect(await here.ended).toBe(0)
    expect(here.printed).toEqual([digest])
  })

  test('all agree is said once for what has come, and again when others have been gone', async () => {
    const { alice, bob, link, folder } = await pair()
    await agreedOn(alice, 1)
    alice.type(...Array.from({ length: 30 }, (_, i) => `burst ${i}`))
    await agreedOn(alice, 31)
    await agreedOn(bob, 31)
    bob.leave()
    await bob.ended
    const count = (): number => alice.printed.filter((line) => line.startsWith('* all agree') && line.includes(' 31 ops ')).length
    expect(count()).toBe(1)
    start([link, '--name', 'bob', '--dir', folder])
    await vi.waitFor(() => expect(count()).toBe(2), patiently)
  })
})

describe('what a person types', () => {
  test('"/" is for the node, "//" is not, and the end of input is good-bye', async () => {
    const relay = await startRelay()
    const folder = newFolder()
    const alice = start(['--new', 'a room', '--dir', folder, '--relay', relay.at], true)
    const bob = start([await linkOf(alice), '--name', 'bob', '--dir', folder])
    await agreedOn(alice, 1)
    alice.type('first', '//quit', 'last')
    const digest = await agreedOn(alice, 4)
    alice.type('/status')
    expect(digestOf(await says(alice, '* 4 ops by 1 author, 1 head, digest'))).toBe(digest)
    await says(alice, '* 1 of 1 peer agrees')
    // It says its name every few seconds.
    await vi.waitFor(
      () => {
        alice.type('/status')
        expect(alice.printed.join('\n')).toContain(`${authorOf(bob)} “bob”: in sync`)
      },
      { timeout: 20_000, interval: 500 },
    )
    alice.printed.length = 0
    alice.type('/history 2')
    await says(alice, /: last$/)
    expect(messagesOf(alice)).toEqual(['/quit', 'last'])
    alice.type('/help')
    await says(alice, '/history N')
    alice.end()
    expect(await alice.ended).toBe(0)
    bob.leave()
    expect(await bob.ended).toBe(0)
  })

  test('"/quit" leaves', async () => {
    const alice = start(['--new', 'a room', '--dir', newFolder(), '--relay', 'none'], true)
    alice.type('/quit')
    expect(await alice.ended).toBe(0)
  })

  test('of a flood a person is shown the end, a pipe all of it', async () => {
    const { alice, link, folder } = await pair()
    const lines = Array.from({ length: 600 }, (_, i) => `line ${i}`)
    alice.type(...lines)
    await agreedOn(alice, 601)
    const watched = start([link, '--name', 'watched', '--dir', folder], true)
    await agreedOn(watched, 601)
    expect(messagesOf(watched)).toEqual(lines.slice(-20))
    await says(watched, '* 581 ops came that are not shown')
    const piped = start([link, '--name', 'piped', '--dir', folder])
    await agreedOn(piped, 601)
    expect(messagesOf(piped).slice(1)).toEqual(lines)
  })

  test('what is too long for an op is not written, and said; the rest is', async () => {
    const alice = start(['--new', 'a room', '--dir', newFolder(), '--relay', 'none', '--once'])
    alice.type('x'.repeat(70_000), 'short')
    alice.end()
    expect(await alice.ended).toBe(1)
    expect(alice.complained).toEqual([expect.stringMatching(/^Not written, because the message is too long .*xxx…$/)])
    expect(messagesOf(alice)).toEqual(['created the room “a room”', 'short'])
  })
})

describe('what goes wrong is a sentence that says what to do, and an exit code', () => {
  test('a room in which nobody answers', async () => {
    const { relay, folder, alice, bob, link } = await pair()
    for (const node of [alice, bob]) {
      node.leave()
      await node.ended
    }
    const carol = start([link, '--name', 'carol', '--dir', folder, '--once', '--wait', '0.5'])
    carol.type('to nobody')
    carol.end()
    expect(await carol.ended).toBe(1)
    expect(carol.complained).toEqual([
      'No node of this room answered within 0.5 s. Open a tab that has the room, check the link and the relay, and run this again.',
      '1 line not written to the room: write it again.',
    ])
    const late = start([link, '--name', 'alice', '--dir', folder, '--once', '--wait', '2'])
    late.type('kept')
    late.end()
    expect(await late.ended).toBe(1)
    expect(late.complained).toEqual([
      expect.stringMatching(/^No other node was connected within 2 s\. This node keeps what it has \(2 ops\)/),
    ])
    const digest = start([link, '--name', 'alice', '--dir', folder, '--digest', '--wait', '0.5', '--relay', relay.at])
    expect(await digest.ended).toBe(1)
    expect(digest.printed).toEqual([])
  })

  test('a relay that is not there is said with its reason, and found when it comes', async () => {
    const relay = await startRelay()
    await relay.close()
    const alice = start(['--new', 'a room', '--dir', newFolder(), '--relay', relay.at])
    await says(alice, `* relay ${relay.at} is down (refused: connect ECONNREFUSED`)
    alice.type('written all the same')
    await says(alice, 'written all the same')
    await startRelay(relay.port)
    await says(alice, `* relay ${relay.at} is open`)
    expect(alice.complained).toEqual([])
  })

  test('E4 a node that runs already', async () => {
    const { folder, link, bob } = await pair()
    await agreedOn(bob, 1)
    const twin = start([link, '--name', 'bob', '--dir', folder])
    expect(await twin.ended).toBe(1)
    expect(twin.complained).toEqual([expect.stringContaining(`This node runs already (process ${pid})`)])
  })

  test('a link with another secret than the room’s', async () => {
    const { folder, link, bob } = await pair()
    await agreedOn(bob, 1)
    const wrong = start([link.replace(/.{5}$/, 'AAAAA'), '--name', 'bob', '--dir', folder])
    expect(await wrong.ended).toBe(1)
    expect(wrong.complained).toEqual([expect.stringContaining('has another secret')])
  })

  test('no link where there is no node, or where there are nodes of several rooms', async () => {
    const folder = newFolder()
    const none = start(['--dir', folder])
    expect(await none.ended).toBe(1)
    expect(none.complained).toEqual([expect.stringContaining('give the link of a room')])
    for (const room of ['one', 'two']) {
      const node = start(['--new', room, '--dir', folder, '--relay', 'none', '--once'])
      node.end()
      expect(await node.ended).toBe(0)
    }
    const several = start(['--dir', folder])
    expect(await several.ended).toBe(1)
    expect(several.complained).toEqual([expect.stringContaining('Nodes of 2 rooms')])
  })

  test('a folder that is a file', async () => {
    const file = join(newFolder(), 'file')
    fs.writeFileSync(file, '')
    for (const args of [['--new', 'a room'], []]) {
      const node = start([...args, '--dir', file])
      expect(await node.ended).toBe(1)
      expect(node.complained).toEqual([expect.stringMatching(/^The files of this node cannot be used: ENOTDIR/)])
    }
  })

  test('E9 a damaged identity', async () => {
    const { folder, link, bob } = await pair()
    bob.leave()
    await bob.ended
    const path = join(folderOf(folder, 'bob'), 'identity')
    const bytes = fs.readFileSync(path)
    bytes[40]! ^= 1
    fs.writeFileSync(path, bytes)
    const again = start([link, '--name', 'bob', '--dir', folder])
    expect(await again.ended).toBe(1)
    expect(again.complained).toEqual([
      expect.stringMatching(/identity is damaged.*to join its room as a new node; --export FILE writes what it holds\.$/),
    ])
  })

  test('E9 damaged ops are said; what is whole goes on under a new key, the rest comes from peers', async () => {
    const { folder, link, alice, bob } = await pair()
    bob.type('one', 'two', 'three')
    const digest = await agreedOn(alice, 4)
    bob.leave()
    await bob.ended
    const before = folderOf(folder, 'bob')
    const bytes = fs.readFileSync(join(before, 'ops'))
    const at = bytes.length - HEADER_BYTES - 3
    bytes[at]! ^= 1
    fs.writeFileSync(join(before, 'ops'), bytes)
    const again = start([link, '--name', 'bob', '--dir', folder])
    await says(again, 'some ops that were stored here are damaged')
    expect(await agreedOn(again, 4)).toBe(digest)
    expect(fs.existsSync(before)).toBe(false)
    again.type('four')
    await says(alice, /: four$/)
    expect(alice.printed.some((line) => line.includes('equivocation'))).toBe(false)
    const agreed = await agreedOn(alice, 5)
    again.leave()
    expect(await again.ended).toBe(0)
    const third = start(['--name', 'bob', '--dir', folder, '--digest'])
    expect(await third.ended).toBe(0)
    expect(third.printed).toEqual([agreed])
  })

  test('E2 a copied folder: its node says that it asks before it writes, does so, and writes alone when it is told to', async () => {
    const { folder, link, alice, bob } = await pair()
    alice.type('sent by the first')
    await agreedOn(bob, 2)
    const copy = newFolder()
    // Without the lock, which names this process.
    const copyOf = (from: string, to: string): void =>
      fs.cpSync(folderOf(from, 'alice'), join(to, basename(folderOf(from, 'alice'))), {
        recursive: true,
        filter: (path) => !basename(path).startsWith('lock'),
      })
    copyOf(folder, copy)
    alice.type('sent since the copy was made')
    await agreedOn(bob, 3)
    alice.leave()
    await alice.ended
    const old = start([link, '--name', 'alice', '--dir', copy], true)
    old.type('typed at once')
    await says(old, '* this node cannot tell whether its files hold all messages that it has sent')
    expect(digestOf(await says(old, /^\* all agree.* 4 ops /))).toBe(await agreedOn(bob, 4))
    expect(old.printed).toContain('* this node writes again')
    for (const node of [old, bob]) {
      expect(node.printed.filter((line) => line.includes('equivocation'))).toEqual([])
      node.leave()
      await node.ended
    }
    const third = newFolder()
    copyOf(copy, third)
    const alone = start([link, '--name', 'alice', '--dir', third, '--relay', 'none'], true)
    alone.type('with nobody there')
    await says(alone, '* this node cannot tell')
    alone.type('/write-now')
    await says(alone, /: with nobody there$/)
  })

  test('E3 a folder that is deleted while the node runs', async () => {
    const folder = newFolder()
    const alice = start(['--new', 'a room', '--dir', folder, '--relay', 'none'])
    await says(alice, 'created the room')
    fs.rmSync(folder, { recursive: true })
    alice.type('too late')
    expect(await alice.ended).toBe(1)
    expect(alice.complained).toContainEqual(expect.stringContaining('were deleted while it ran'))
  })

  test('E1 a full disk', async () => {
    const alice = start(['--new', 'a room', '--dir', newFolder(), '--relay', 'none'])
    await says(alice, 'created the room')
    const write = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('no room'), { code: 'ENOSPC', syscall: 'write' })
    })
    alice.type('waits')
    await says(alice, '* the disk is full')
    alice.type('refused')
    await vi.waitFor(() =>
      expect(alice.complained).toEqual(['Not written, because the disk is full; free some of it and write it again: refused']),
    )
    write.mockRestore()
    await says(alice, '* there is free space on the disk again')
    await says(alice, /: waits$/)
    expect(messagesOf(alice)).toEqual(['created the room “a room”', 'waits'])
  })
})
