/**
 * The one Trusted Types policy of this program (`tabweave`), in the page and in its workers: script addresses of our own origin
 * and nothing else, because under `require-trusted-types-for 'script'` a plain string throws.
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

/** A script address that the policy vouches for (a TrustedScriptURL where the browser has them). */
export const scriptUrl = (url: string): string => policy?.createScriptURL(url) ?? sameOrigin(url)
