/** The page's composition root: workers, stores, handles, the first picture. */
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './ui/frame/App.tsx'
import { installHandles } from './ui/handles.ts'
import { messages } from './ui/messages.ts'
import { followVersions } from './ui/service-worker.ts'
import { Boundary, lazyPart } from './ui/shared/Boundary.tsx'
import { PageProvider } from './ui/state/bindings.ts'
import { namesChanged } from './ui/state/kept-names.ts'
import { followBack } from './ui/state/back.ts'
import { type Desk, holdsUnsentText, isTypedKey } from './ui/state/kept-typed.ts'
import { createPage } from './ui/state/page.ts'
import { decideStartUp, patienceOf, relayOf } from './ui/state/start-up.ts'
import { startTheme } from './ui/theme.ts'
import { startWorker } from './ui/trusted.ts'
import nodeWorkerUrl from './worker/node.worker.ts?worker&url'
import './ui/theme.css'
import './ui/base.css'
import './ui/frame/frame.css'
import './ui/frame/menu.css'
import './ui/frame/sheet.css'
import './ui/frame/narrow.css'
import './ui/console/console.css'
import './ui/console/search.css'
import './ui/console/history.css'
import './ui/console/composer.css'
import './ui/console/narrow.css'

const CheckPlace = lazyPart(() => import('./ui/check/CheckPlace.tsx'))

startTheme()

const navigation = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined
const page = createPage({
  startNodeWorker: (slot) => startWorker(nodeWorkerUrl, slot === 0 ? 'node' : `node ${slot}`),
  relay: relayOf(document.querySelector<HTMLMetaElement>('meta[name="tabweave-relay"]')?.content ?? 'none', location.href),
  hostServers: document.querySelector<HTMLMetaElement>('meta[name="tabweave-servers"]')?.content ?? '',
  patience: patienceOf(navigation?.type),
})
installHandles(page)
followBack(page)

const start = decideStartUp(location.hash)
if (start.type === 'fresh') page.open(null, messages.opening.defaultName)
if (start.type === 'join') page.open(start.link, '')

// Another room in the address bar is another start; our own `replaceState` fires no hashchange.
addEventListener('hashchange', () => location.reload())

// Another tab has written into what all tabs share; what is typed there is no concern of this one.
addEventListener('storage', ({ key }) => {
  if (!isTypedKey(key)) namesChanged()
})

const wake = (): void => {
  for (const node of page.store.getState().nodes) node.wake()
}
addEventListener('online', wake)
addEventListener('pageshow', wake)
document.addEventListener('resume', wake)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') wake()
})
// What was closed is shown as gone at once, and not after fifteen seconds of silence.
addEventListener('pagehide', () => {
  for (const node of page.store.getState().nodes) node.leave()
})

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <PageProvider value={page}>
      <Boundary>
        <Suspense>{start.type === 'check' ? <CheckPlace /> : <App />}</Suspense>
      </Boundary>
    </PageProvider>
  </StrictMode>,
)

/** Where one types on this page. */
const desks = (): Desk[] =>
  page.store.getState().nodes.flatMap(({ store }) => {
    const { opened } = store.getState()
    return opened === null ? [] : [{ linkId: opened.linkId, node: opened.node }]
  })
if (import.meta.env.PROD) void followVersions(() => holdsUnsentText(desks()))
