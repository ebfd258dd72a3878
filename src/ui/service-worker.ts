/**
 * Versions of the app: registers the service worker, says when a new one waits, and reloads once it has taken over. A tab
 * that holds unsent text is not reloaded under a person's hands; it says that a new version is there instead.
 */
import { useStore } from 'zustand/react'
import { createStore } from 'zustand/vanilla'
import { hasServiceWorker, registerServiceWorker } from './trusted.ts'

interface Update {
  /** What brings the new version; null while there is none. */
  readonly apply: (() => void) | null
}

const update = createStore<Update>(() => ({ apply: null }))

/** Brings the new version when called; null while there is none. */
export const useUpdate = (): Update['apply'] => useStore(update, (state) => state.apply)

/** Asks the host for a newer version of the app; what comes of it is told as an update. */
export async function lookForUpdate(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.getRegistration()
  await registration?.update().catch(() => undefined)
}

/** @param busy true while this tab holds text that is not sent. */
export async function followVersions(busy: () => boolean): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  // A person asked for it here: they know, and what they typed is kept.
  let agreed = false
  // The first worker of all claims a page that is of its own version: no reason to reload.
  let first = !hasServiceWorker()
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (first) {
      first = false
      return
    }
    if (busy() && !agreed) update.setState({ apply: () => location.reload() })
    else location.reload()
  })

  const registration = await registerServiceWorker()
  if (registration === null) return
  const offer = (): void => {
    const { waiting } = registration
    if (waiting === null) return
    const apply = (): void => {
      agreed = true
      waiting.postMessage({ type: 'SKIP_WAITING' })
    }
    update.setState({ apply })
  }
  offer()
  registration.addEventListener('updatefound', () => {
    const { installing } = registration
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && navigator.serviceWorker.controller !== null) offer()
    })
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void lookForUpdate()
  })
}
