/** Workers and the service worker are started here, by addresses that the policy of `worker/script-url.ts` vouches for. */
import { scriptUrl } from '../worker/script-url.ts'

/** Starts a module worker of this origin; `name` is what the developer tools show. */
export function startWorker(url: string, name: string): Worker {
  return new Worker(scriptUrl(url), { type: 'module', name })
}

/** Registers the service worker at `/sw.js`; null where there is none to have (no secure context, private mode). */
export async function registerServiceWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null
  try {
    return await navigator.serviceWorker.register(scriptUrl('/sw.js'))
  } catch {
    return null
  }
}
