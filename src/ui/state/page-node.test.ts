/** A node on the page against a worker that says what the test wants: nothing typed is lost, whatever it answers. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FromNode, NodeStatus, ToNode } from '../../worker/api.ts'
import { namesChanged } from './kept-names.ts'
import { isTypedKey, keepDraft, keptDraft, keptEarly } from './kept-typed.ts'
import { createPageNode } from './page-node.ts'

/** A worker made of two lists: what was posted to it, and its listeners. */
function fakeWorker() {
  const posted: ToNode[] = []
  const target = new EventTarget()
  const worker = Object.assign(target, { postMessage: (message: ToNode) => posted.push(message), terminate: () => undefined })
  return {
    worker: worker as unknown as Worker,
    posted,
    say: (data: FromNode) => target.dispatchEvent(new MessageEvent('message', { data })),
    crash: () => target.dispatchEvent(new Event('error')),
  }
}

const refOf = (message: ToNode | undefined): number => (message !== undefined && 'ref' in message ? message.ref : -1)
const opened = (room: string): Extract<FromNode, { type: 'opened' }> => ({
  type: 'opened',
  node: 'node',
  room,
  roomName: '',
  link: 'link',
  linkId: room,
  resumed: true,
  isFirstHere: false,
  replaces: null,
})

/** What the tab keeps, and what the browser keeps for all tabs. */
const held = new Map<string, string>()
const shared = new Map<string, string>()
const storageOf = (map: Map<string, string>) => ({
  getItem: (key: string) => map.get(key) ?? null,
  setItem: (key: string, value: string) => map.set(key, value),
  removeItem: (key: string) => map.delete(key),
})
beforeEach(() => {
  held.clear()
  shared.clear()
  vi.stubGlobal('sessionStorage', storageOf(held))
  vi.stubGlobal('localStorage', storageOf(shared))
})
afterEach(() => vi.unstubAllGlobals())

const status = (ops: number, waits: NodeStatus['waits'] = null): FromNode => ({ type: 'status', status: { ops, waits } as NodeStatus })

/** Unsent texts of the node that a new page opens, with something of the room on its disk. */
function unsentIn(message: FromNode): unknown {
  const { worker, say } = fakeWorker()
  const { store } = createPageNode(worker, 1)
  say(message)
  say(status(1))
  return store.getState().unsent
}

describe('a node on the page', () => {
  test('replies find their questions in whatever order they come', async () => {
    const { worker, posted, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    const answers = [node.submit('a'), node.submit('b')]
    say({ type: 'reply', ref: refOf(posted[1]), value: { id: 'bb' } })
    say({ type: 'reply', ref: refOf(posted[0]), value: { id: 'aa' } })
    expect(await Promise.all(answers)).toEqual([{ id: 'aa' }, { id: 'bb' }])
  })

  test('the page says that a picture is drawn after a frame of the screen, and after a while if there are no frames', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let frame = (): void => {}
    vi.stubGlobal('requestAnimationFrame', (then: () => void) => (frame = then))
    vi.stubGlobal('cancelAnimationFrame', () => (frame = () => {}))
    const { worker, posted, say } = fakeWorker()
    createPageNode(worker, 0)
    say({ type: 'picture', nth: 1 })
    frame()
    expect(posted).toEqual([])
    vi.advanceTimersByTime(0)
    expect(posted).toEqual([{ type: 'drawn', nth: 1 }])
    say({ type: 'picture', nth: 2 })
    vi.advanceTimersByTime(1_000)
    expect(posted).toEqual([
      { type: 'drawn', nth: 1 },
      { type: 'drawn', nth: 2 },
    ])
    frame()
    vi.advanceTimersByTime(10_000)
    vi.useRealTimers()
    expect(posted).toHaveLength(2)
  })

  test('a text is among the unsent, here and in the storage, until it is stored', async () => {
    const { worker, posted, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    say(opened('ab'))
    const answer = node.submit('on its way')
    expect(node.store.getState().sent).toBe(1)
    expect(node.store.getState().unsent).toMatchObject([{ text: 'on its way', state: 'sending' }])
    expect(keptEarly({ linkId: 'ab', node: 'node' })).toEqual(['on its way'])
    say({ type: 'reply', ref: refOf(posted.at(-1)), value: { id: 'aa' } })
    await answer
    expect(node.store.getState().unsent).toEqual([])
    expect([...held.keys(), ...shared.keys()].filter(isTypedKey)).toEqual([])
  })

  test('a refused text stays, with the reason, until a person drops it', async () => {
    const { worker, posted, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    const answer = node.submit('too much')
    say({ type: 'reply', ref: refOf(posted[0]), value: { refused: 'too-large' } })
    await answer
    const [unsent] = node.store.getState().unsent
    expect(unsent).toMatchObject({ text: 'too much', state: 'refused', why: 'too-large' })
    node.dropUnsent(unsent!.key)
    expect(node.store.getState().unsent).toEqual([])
  })

  test('a worker that dies leaves its unanswered texts behind, and so does a page that closes; another room does not see them', () => {
    const { worker, say, crash } = fakeWorker()
    const node = createPageNode(worker, 0)
    say(opened('ab'))
    void node.submit('lost?')
    crash()
    expect(node.store.getState()).toMatchObject({ failure: 'internal', unsent: [{ text: 'lost?', state: 'unanswered' }] })
    // Another tab, which may have another slot for it.
    held.clear()
    expect(unsentIn(opened('cd'))).toEqual([])
    expect(unsentIn({ ...opened('ab'), node: 'another node' })).toEqual([])
    expect(unsentIn(opened('ab'))).toMatchObject([{ text: 'lost?', state: 'unanswered' }])
  })

  test('what was sent before the room arrived is sent once more when the node begins with nothing of the room, and only then', async () => {
    const texts = (message: ToNode): string[] => (message.type === 'submit' ? [message.text] : [])
    const run = (begin: FromNode, ...said: FromNode[]) => {
      const fake = fakeWorker()
      const node = createPageNode(fake.worker, 0)
      for (const each of [begin, ...said]) fake.say(each)
      const states = (): string[] => node.store.getState().unsent.map(({ text, state }) => `${text} ${state}`)
      return { ...fake, node, sent: () => fake.posted.flatMap(texts), states }
    }
    const first = run(opened('ab'), status(0))
    void first.node.submit('one')
    void first.node.submit('two')
    const second = run(opened('ab'))
    // It is not known yet what the disk holds.
    expect([second.sent(), second.states()]).toEqual([[], ['one sending', 'two sending']])
    second.say(status(0))
    second.say(status(0))
    expect(second.sent()).toEqual(['one', 'two'])
    // The room arrives, one is signed, and the page closes before it hears of the other.
    second.say({ type: 'reply', ref: refOf(second.posted.find((message) => texts(message)[0] === 'one')), value: { id: 'aa' } })
    await vi.waitFor(() => expect(second.states()).toEqual(['two sending']))
    const third = run(opened('ab'), status(2))
    expect([third.sent(), third.states()]).toEqual([[], ['two unanswered']])
    const unsure = run(opened('ab'), status(0, { why: 'unmarked', answered: false }))
    expect([unsure.sent(), unsure.states()]).toEqual([[], ['two unanswered']])
    const next = run({ ...opened('ab'), node: 'next', replaces: 'node' }, status(0))
    expect([next.sent(), next.states()]).toEqual([[], ['two unanswered']])
    expect(run({ ...opened('ab'), node: 'next' }, status(0)).states()).toEqual(['two unanswered'])
  })

  test('a node that takes the place of another one has what was typed there, before it is shown', () => {
    keepDraft({ linkId: 'ab', node: 'node' }, 'half a thought')
    const { worker, say, crash } = fakeWorker()
    const node = createPageNode(worker, 0)
    say(opened('ab'))
    void node.submit('lost?')
    crash()
    expect(unsentIn({ ...opened('ab'), node: 'next', replaces: 'node' })).toMatchObject([{ text: 'lost?', state: 'unanswered' }])
    expect(['node', 'next'].map((id) => keptDraft({ linkId: 'ab', node: id }))).toEqual(['', 'half a thought'])
  })

  test('a node that a person left offline begins offline in any tab, until it is put online again', () => {
    const begin = (): readonly string[] | undefined => {
      const { worker, posted } = fakeWorker()
      createPageNode(worker, 0).start({ link: 'x', roomName: '', claim: null, added: false, patience: 0, relay: null, servers: [] })
      return posted.flatMap((message) => (message.type === 'start' ? [message.offline] : []))[0]
    }
    const { worker, say, posted } = fakeWorker()
    const node = createPageNode(worker, 0)
    say(opened('ab'))
    node.setOffline(true)
    // Whichever tab takes it up.
    expect(begin()).toEqual(['node'])
    node.setOffline(false)
    expect(begin()).toEqual([])
    // The node that takes its place is as a person left it.
    node.setOffline(true)
    const next = fakeWorker()
    createPageNode(next.worker, 0)
    next.say({ ...opened('ab'), node: 'next', replaces: 'node' })
    expect(next.posted).toContainEqual({ type: 'offline', on: true })
    expect(begin()).toEqual(['node', 'next'])
    expect(posted.filter(({ type }) => type === 'offline')).toHaveLength(3)
  })

  test('late entries are counted, and kept until they were in sight', () => {
    const { worker, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    const lateOf = (id: string) => ({ id, author: 1 })
    say({ type: 'late', count: 300, entries: [lateOf('a'), lateOf('b')] })
    node.lookAtLate((id) => id === 'a')
    say({ type: 'late', count: 1, entries: [lateOf('c')] })
    expect(node.store.getState().lateCount).toBe(301)
    expect([...node.store.getState().late]).toEqual([
      ['b', { author: 1, state: 'waiting' }],
      ['c', { author: 1, state: 'new' }],
    ])
  })
})

describe('D26 what a person keeps for all rooms', () => {
  const HOST = 'stun:host.example'
  const OWN = 'stun:own.example'
  let lastRoom = 0
  const newRoom = (): string => String(++lastRoom).padStart(64, '0')

  /** A node that was opened in a room: by a link, or as the room's founder. */
  function open(room: string, how: { isFounded?: boolean; id?: string; genesis?: string } = {}) {
    const fake = fakeWorker()
    const node = createPageNode(fake.worker, 0, HOST)
    node.start({
      link: how.isFounded ? null : 'a link',
      roomName: '',
      claim: null,
      added: false,
      patience: 0,
      relay: null,
      servers: [{ urls: HOST }],
    })
    fake.say({
      type: 'opened',
      node: how.id ?? 'aa',
      room: how.genesis ?? room,
      roomName: 'a room',
      link: 'a link',
      linkId: room,
      resumed: false,
      isFirstHere: true,
      replaces: null,
    })
    const told = () => fake.posted.flatMap((message) => (message.type === 'present' ? [message.name] : []))
    const servers = () => fake.posted.flatMap((message) => (message.type === 'servers' ? message.servers.map(({ urls }) => urls) : []))
    return { ...fake, node, told, servers }
  }

  async function write({ node, posted, say }: ReturnType<typeof open>, value: object): Promise<void> {
    const answer = node.submit('a line')
    say({ type: 'reply', ref: refOf(posted.at(-1)), value })
    await answer
  }

  test('D26 a name and servers kept from other rooms are not told in a room that a link opened, typing included', async () => {
    shared.set('tabweave.name', 'Ada').set('tabweave.servers', OWN)
    const joined = open(newRoom())
    joined.node.sayTyping(true)
    joined.node.sayTyping(false)
    await write(joined, { refused: 'too-large' })
    expect([joined.told(), joined.servers()]).toEqual([['', ''], []])
    expect(joined.node.store.getState().allowed).toEqual({ name: false, servers: false })
  })

  test('D26 they are told once something was written there, at once and at every later visit', async () => {
    shared.set('tabweave.name', 'Ada').set('tabweave.servers', OWN)
    const room = newRoom()
    const joined = open(room)
    await write(joined, { id: 'bb' })
    expect([joined.told(), joined.servers()]).toEqual([['Ada'], [OWN]])
    expect(joined.node.store.getState().allowed).toEqual({ name: true, servers: true })
    const again = open(room)
    expect([again.told(), again.servers()]).toEqual([['Ada'], [OWN]])
    expect(open(newRoom()).told()).toEqual([])
  })

  test('D26 the room of another link with the same genesis is another room: nothing that was allowed here is told there', async () => {
    shared.set('tabweave.name', 'Ada').set('tabweave.servers', OWN)
    const [room, lookAlike] = [newRoom(), newRoom()]
    const joined = open(room, { genesis: 'the same' })
    await write(joined, { id: 'bb' })
    expect([joined.told(), joined.servers()]).toEqual([['Ada'], [OWN]])
    void joined.node.submit('not answered yet')
    const there = open(lookAlike, { genesis: 'the same', id: 'cc' })
    expect([there.told(), there.servers(), there.node.store.getState().unsent]).toEqual([[], [], []])
    expect(there.node.store.getState()).toMatchObject({ allowed: { name: false, servers: false }, offeredName: 'Ada' })
  })

  test('each draft that grows and each name that is chosen is use of the node; opening it, and deleting a draft, is not', () => {
    shared.set('tabweave.name', 'Ada')
    const { node, posted } = open(newRoom())
    const uses = (): number => posted.filter(({ type }) => type === 'typed').length
    expect(uses()).toBe(0)
    node.sayTyping(true)
    node.sayTyping(true)
    expect(uses()).toBe(2)
    node.sayTyping(false)
    expect(uses()).toBe(2)
    node.sayName('Grace')
    expect(uses()).toBe(3)
  })

  test('D26 a name that is set in a room is told there and in no other; so are servers', () => {
    const here = open(newRoom())
    here.node.sayName('Grace')
    expect(here.told().at(-1)).toBe('Grace')
    expect(here.servers()).toEqual([])
    here.node.useServers(OWN)
    expect(here.servers().at(-1)).toBe(OWN)
    const elsewhere = open(newRoom())
    expect([elsewhere.node.ownName(), elsewhere.told(), elsewhere.servers()]).toEqual(['Grace', [], []])
    elsewhere.node.sayName('Grace')
    expect([elsewhere.told().at(-1), elsewhere.servers()]).toEqual(['Grace', []])
  })

  test('D26 a second node of the room does not take the name of the first, when it is opened again or writes, but when it is said', async () => {
    const room = newRoom()
    open(room, { id: 'first' }).node.sayName('Grace')
    await write(open(room, { id: 'second' }), { id: 'bb' })
    const second = open(room, { id: 'second' })
    second.node.sayTyping(true)
    expect(second.told()).toEqual([''])
    expect(second.node.store.getState()).toMatchObject({ allowed: { name: false }, offeredName: '' })
    // Nor is that name shown as its own.
    expect(second.node.ownName()).toBe('')
    expect(open(room, { id: 'first' }).told()).toEqual(['Grace'])
    second.node.sayName('Grace')
    expect(second.told().at(-1)).toBe('Grace')
    expect(open(room, { id: 'second' }).told()).toEqual(['Grace'])
  })

  test.each([true, false])(
    'D26 a name kept from another room is offered before anybody sees it, and told once something was written (created: %s)',
    async (isFounded) => {
      shared.set('tabweave.name', 'Ada')
      const here = open(newRoom(), { isFounded })
      expect([here.told(), here.node.store.getState().offeredName]).toEqual([[], 'Ada'])
      await write(here, { id: 'bb' })
      expect([here.told(), here.node.store.getState().offeredName]).toEqual([['Ada'], ''])
      const declined = open(newRoom(), { isFounded })
      declined.node.declineName()
      await write(declined, { id: 'bb' })
      expect([declined.told().filter((name) => name !== ''), declined.node.store.getState().offeredName]).toEqual([[], ''])
      // That was about one room.
      expect(open(newRoom(), { isFounded }).node.store.getState().offeredName).toBe('Ada')
    },
  )

  test('D26 a name is offered no more once another node of the room has it, in this page or in another tab', () => {
    shared.set('tabweave.name', 'Ada')
    const room = newRoom()
    const [first, second] = [open(room, { id: 'first' }), open(room, { id: 'second' })]
    const offered = () => [first, second].map(({ node }) => node.store.getState().offeredName)
    expect(offered()).toEqual(['Ada', 'Ada'])
    first.node.sayName('Ada')
    expect(offered()).toEqual(['', ''])
    const elsewhere = open(newRoom(), { id: 'third' })
    shared.set('tabweave.name', 'Grace')
    namesChanged()
    expect(elsewhere.node.store.getState().offeredName).toBe('Grace')
    elsewhere.node.close()
    shared.set('tabweave.name', 'Hedy')
    namesChanged()
    expect(elsewhere.node.store.getState().offeredName).toBe('Grace')
  })

  test('D26 to create a room is to act in it, and to invite a device by hand is to use servers; neither tells a name', () => {
    shared.set('tabweave.name', 'Ada').set('tabweave.servers', OWN)
    const founded = open(newRoom(), { isFounded: true })
    expect([founded.told(), founded.servers()]).toEqual([[], [OWN]])
    const joined = open(newRoom())
    void joined.node.invite()
    expect([joined.told(), joined.servers()]).toEqual([[], [OWN]])
    expect(joined.posted.at(-1)).toMatchObject({ type: 'invite' })
  })
})
