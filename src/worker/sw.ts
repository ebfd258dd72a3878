/**
 * The service worker: keeps the built app, so that a room once visited opens without a server. An origin may be another program's
 * tomorrow (every developer has a "localhost"). So this worker answers only for its own files, and ends itself if the server has another
 * script, or none, in its place.
 */
import { isLoopback } from '../core/loopback.ts'

declare const self: ServiceWorkerGlobalScope & {
  /** The files of the app; put in by the build. `revision` is null where the name changes with the content. */
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[]
}

/** Also marks a script as one of ours, of whatever version. */
const MARK = 'tabweave-offline'

const { scope } = self.registration
const CACHE = `${MARK} ${scope}`
const INDEX = new URL('index.html', scope).href

/** A server on this machine that does not answer within this time counts as one that is not there. ms */
const LOCAL_WAIT = 3_000

const isThisMachine = isLoopback(self.location.hostname)

/** By a file's address, its name in the cache: files of two versions lie side by side until the older version is gone. */
const names = new Map(
  self.__WB_MANIFEST.map(({ url, revision }) => {
    const address = new URL(url, scope).href
    return [address, revision === null ? address : `${address}?revision=${revision}`]
  }),
)

let isOver = false

self.addEventListener('install', (event) => event.waitUntil(keepAll()))

self.addEventListener('activate', (event) => event.waitUntil(Promise.all([dropOthers(), self.clients.claim()])))

self.addEventListener('message', ({ data }: ExtendableMessageEvent) => {
  if ((data as { readonly type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || isOver) return
  // Every address of the app is its root and a fragment; a query is ignored.
  const address = request.url.split(/[?#]/, 1)[0]!
  if (request.mode === 'navigate') {
    if (address !== scope && address !== INDEX) return
    event.respondWith(openPage(request))
    event.waitUntil(endWhereForeign())
  } else if (names.has(address)) event.respondWith(kept(address).then((found) => found ?? fetch(request)))
})

/** The page. A server on this machine is asked first, since its files change while a developer works. */
async function openPage(request: Request): Promise<Response> {
  if (isThisMachine) {
    const answer = await fetch(request, { signal: AbortSignal.timeout(LOCAL_WAIT) }).catch(() => null)
    if (answer !== null && answer.status < 500) return answer
  }
  return (await kept(INDEX)) ?? fetch(request)
}

async function kept(address: string): Promise<Response | undefined> {
  return (await caches.open(CACHE)).match(names.get(address) ?? address)
}

/** Keeps the files that are not kept yet. @throws where a file cannot be had: this version is then not installed */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE)
  const there = new Set((await cache.keys()).map(({ url }) => url))
  await Promise.all(
    [...names].map(async ([address, name]) => {
      if (there.has(name)) return
      const answer = await fetch(address, { cache: 'no-cache' })
      if (!answer.ok) throw new Error(`${address} is answered with ${answer.status}`)
      // A page must not be opened with an answer that was redirected.
      await cache.put(name, answer.redirected ? new Response(answer.body, answer) : answer)
    }),
  )
}

/** Drops the files of older versions, and the cache that the first versions used. */
async function dropOthers(): Promise<void> {
  const cache = await caches.open(CACHE)
  const wanted = new Set(names.values())
  const all = await cache.keys()
  await Promise.all(all.filter(({ url }) => !wanted.has(url)).map((each) => cache.delete(each)))
  await caches.delete(`workbox-precache-v2-${scope}`)
}

/** Ends this worker if the server has another program. A server that is down, or has an error, does not count as another one. */
async function endWhereForeign(): Promise<void> {
  const answer = await fetch(self.location.href, { cache: 'no-store' }).catch(() => null)
  if (answer === null || (!answer.ok && answer.status !== 404 && answer.status !== 410)) return
  if (answer.ok && (await answer.text()).includes(MARK)) return
  isOver = true
  await caches.delete(CACHE)
  await self.registration.unregister()
}
