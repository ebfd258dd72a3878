/**
 * Yjs over a y-websocket server, as its documentation sets it up: each page a document and a provider, an array of messages, and a
 * list that shows it. It neither signs nor stores anything, on either side.
 */
import { type Typists, watchPage } from '../keyboard.ts'
import type { Serve, Stage } from '../stage.ts'
import { loadPackage } from './load.ts'

/** What a page has of `yjs` and `y-websocket`, as `.scripts/bench-peers.mjs` bundles them; the part that is used. */
interface YPage {
  readonly Doc: new () => { getArray(name: string): YArray }
  readonly WebsocketProvider: new (
    server: string,
    room: string,
    doc: object,
  ) => { on(event: 'sync', hear: (isSynced: boolean) => void): void }
}

interface YArray {
  readonly length: number
  push(items: readonly string[]): void
  observe(hear: (event: { readonly changes: { readonly delta: readonly { readonly insert?: readonly string[] }[] } }) => void): void
}

declare global {
  interface Window {
    y: YPage
  }
}

/** The part of `@y/websocket-server` that is used. */
interface YServerPackage {
  readonly setupWSConnection: Serve
  readonly docs: ReadonlyMap<string, { destroy(): void }>
}

export interface YServer {
  readonly serve: Serve
  /** Ends what its documents go on doing. */
  close(): void
}

/** What serves "/y". @throws with a sentence where the package is not installed */
export function createYServer(folder: string): YServer {
  const { setupWSConnection, docs } = loadPackage<YServerPackage>(folder, '@y/websocket-server/utils')
  return {
    serve: (socket, request) => setupWSConnection(socket, request),
    close() {
      for (const doc of docs.values()) doc.destroy()
    },
  }
}

/** Two pages, of two devices, that share the document of this name. The stage serves "/y", and has the script "/y.js". */
export async function openY(stage: Stage, name: string): Promise<Typists> {
  const pages: Typists = [await stage.openPage(0, '/y.js'), await stage.openPage(1, '/y.js')]
  for (const page of pages) {
    await watchPage(page)
    await page.evaluate(share, { server: `ws://${stage.host}/y`, name })
    await page.locator('input').focus()
  }
  return pages
}

/** Runs in the page; resolves when it has what the server has. */
function share({ server, name }: { server: string; name: string }): Promise<void> {
  const [list, input] = [document.querySelector('ol')!, document.querySelector('input')!]
  const doc = new window.y.Doc()
  const messages = doc.getArray('messages')
  messages.observe(({ changes }) => {
    for (const text of changes.delta.flatMap(({ insert = [] }) => insert)) {
      const item = document.createElement('li')
      item.textContent = text
      list.append(item)
    }
  })
  input.addEventListener('keydown', ({ key }) => {
    if (key !== 'Enter') return
    messages.push([input.value])
    input.value = ''
  })
  window.watchList(list)
  return new Promise((resolve) => {
    new window.y.WebsocketProvider(server, name, doc).on('sync', (isSynced) => {
      if (isSynced) resolve()
    })
  })
}
