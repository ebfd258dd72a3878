/**
 * The one Trusted Types policy of the page (`tabweave`): script addresses of our own origin and nothing else. Workers and
 * the service worker are started through it, because under `require-trusted-types-for 'script'` a plain string throws.
 */

/** The part of the Trusted Types API that is used; not every browser has it. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

/** @throws TypeError for an address of another origin. */
function sameOrigin(url: string): string {
  const address = new URL(url, location.href)
  if (address.origin !== location.origin) throw new TypeError(`not of this origin: ${address.origin}`)
  return address.href
}

const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
const policy = trustedTypes?.createPolicy('tabweave', { createScriptURL: sameOrigin })

/** A script address that the page's policy vouches for (a TrustedScriptURL where the browser has them). */
const scriptUrl = (url: string): string => policy?.createScriptURL(url) ?? sameOrigin(url)

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
