/** Workers and the service worker are started here, by addresses that the policy of `worker/script-url.ts` vouches for. */
import { scriptUrl } from '../worker/script-url.ts'

/** Starts a module worker of this origin; `name` is what the developer tools show. */
export function startWorker(url: string, name: string): Worker {
  return new Worker(scriptUrl(url), { type: 'module', name })
}

/** The service worker's script: it answers for the folder of the page, and for what is in it. */
const SERVICE_WORKER = new URL('sw.js', new URL('.', location.href)).href

/** Whether this page is answered for by a service worker of its own folder. One of a folder above it answers for all below. */
export const hasServiceWorker = (): boolean => navigator.serviceWorker.controller?.scriptURL === SERVICE_WORKER

/** Registers the service worker; null where there is none to have (no secure context, private mode). */
export async function registerServiceWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null
  try {
    return await navigator.serviceWorker.register(scriptUrl(SERVICE_WORKER))
  } catch {
    return null
  }
}
