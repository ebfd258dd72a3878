/**
 * What the tests do with a tab: open it, read what it says of itself (the handles in docs/), type in it as a person would, wait
 * until tabs agree. Waiting is always polling.
 */
import type { BrowserContext, Page } from '@playwright/test'
import { authorLook } from '../src/graph/author-look.ts'
import type {} from '../src/ui/handles.ts'
import { expect } from './expect.ts'

declare global {
  interface Window {
    /** Made by `watch`. */
    readonly reportProblem: (problem: string) => Promise<void>
  }
}

/** How long tabs may take to agree, at most (ms): on a busy machine, with nothing in their way. */
const WITHIN = 20_000

/** What Chromium itself writes on the console while a relay or a server is down: true, and not the app's doing. */
export const RELAY_IS_DOWN = /^WebSocket connection to .* failed|^Failed to load resource: net::ERR_CONNECTION_REFUSED/

/** Opens `url` in a new tab and waits until its node runs. What goes wrong in it from now on is put into `problems`. */
export async function openTab(context: BrowserContext, url: string, problems: string[], expected?: RegExp): Promise<Page> {
  const page = await context.newPage()
  await watch(page, problems, expected)
  await page.goto(url)
  await ready(page)
  return page
}

/** Notes uncaught errors, errors on the console and violations of the content security policy. */
export async function watch(page: Page, problems: string[], expected?: RegExp): Promise<void> {
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`))
  page.on('crash', () => problems.push('the tab crashed'))
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected?.test(message.text()))
      problems.push(`console: ${message.text()} (${message.location().url})`)
  })
  await page.exposeFunction('reportProblem', (problem: string) => void problems.push(problem))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      void window.reportProblem(`policy: ${violatedDirective} ${blockedURI} (${sourceFile}:${lineNumber})`)
    })
  })
}

/** Waits until the tab's node runs. A node that says it cannot is not waited for. */
export async function ready(page: Page): Promise<void> {
  await expect.poll(() => said(page, 'ready'), { message: 'the node starts' }).toBeDefined()
  expect(await said(page, 'ready'), 'the node runs').toBe('true')
}

type Fact = 'ready' | 'node' | 'room' | 'ops' | 'pending' | 'rejected' | 'heads' | 'digest' | 'peers' | 'paths' | 'waits'

/** What the tab says of itself right now; undefined when it does not (yet). */
export const said = (page: Page, fact: Fact): Promise<string | undefined> =>
  page.evaluate((name) => document.documentElement.dataset[name], fact)

/** The nickname of the tab's node. */
export const nicknameOf = async (page: Page): Promise<string> =>
  authorLook(Uint8Array.from(Buffer.from((await said(page, 'node'))!, 'hex'))).name

/** Types a message, as a person would: into the box, then Enter. */
export async function type(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Message', exact: true })
  await box.focus()
  await page.keyboard.insertText(text)
  await box.press('Enter')
}

/** Types several messages, one after the other. */
export async function typeAll(page: Page, texts: readonly string[]): Promise<void> {
  for (const text of texts) await type(page, text)
}

/** Throws the tab's own Offline switch. */
export async function setOffline(page: Page, on: boolean): Promise<void> {
  const offline = page.getByRole('switch', { name: 'Offline', exact: true })
  await expect(offline).toHaveAttribute('aria-checked', String(!on))
  await offline.click()
  await expect(offline).toHaveAttribute('aria-checked', String(on))
}

/**
 * Waits until all tabs hold `ops` ops (the room's first one included) under one digest; gives the digest. What a tab counts as held may not be
 * stored yet, and its digest is of what is stored: so both counts are waited for, and read at one moment with the digest.
 */
export async function agree(pages: readonly Page[], ops: number, timeout = WITHIN): Promise<string> {
  const states = () => Promise.all(pages.map(stateOf))
  await expect
    .poll(async () => (await states()).map(({ ops, stored }) => `${ops}, ${stored} stored`), {
      message: 'all hold and store the same number of ops',
      timeout,
    })
    .toEqual(pages.map(() => `${ops}, ${ops} stored`))
  await expect
    .poll(async () => new Set((await states()).map(({ digest }) => digest)).size, { message: 'all have one digest', timeout })
    .toBe(1)
  const { digest } = await stateOf(pages[0]!)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  return digest!
}

const stateOf = (page: Page) =>
  page.evaluate(() => {
    const { ops, stored, digest } = document.documentElement.dataset
    return { ops, stored, digest }
  })

/** The messages of the tab's history, in its order. */
export const messagesOf = async (page: Page): Promise<string[]> => {
  const history = await page.evaluate(() => window.tabweave.history())
  return history.filter(({ kind }) => kind === 'message').map(({ text }) => text)
}

/** Checks that all tabs show one history, and that it holds exactly these messages, in any order. */
export async function oneHistory(pages: readonly Page[], texts: readonly string[]): Promise<void> {
  const histories = await Promise.all(pages.map(messagesOf))
  for (const history of histories) expect(history).toEqual(histories[0])
  expect([...histories[0]!].sort()).toEqual([...texts].sort())
}

/** "blue 1", "blue 2", … */
export const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name} ${i + 1}`)
