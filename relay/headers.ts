/**
 * The security headers of each answer of a host, and the rules by which all hosts read a browser's headers. The app needs nothing from
 * other origins, so nothing else is allowed: no script but its own files, no HTML from strings, no frame around it.
 */

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  // WebAssembly compiles only with this; it does not allow `eval`.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  // Any relay that a person names: frames are encrypted.
  "connect-src 'self' ws: wss:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The one policy, made in `src/ui/trusted.ts`.
  'trusted-types tabweave',
].join('; ')

/** Sent with every response to an address that browsers trust: https, or this machine. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  // A process of its own: other sites' pages, and what they can measure, stay outside.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  // Browsers never send the fragment of an address. No other site learns the rest of it either.
  'Referrer-Policy': 'no-referrer',
  // The camera reads a room's QR code, when a person asks for it.
  'Permissions-Policy': 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
}

/**
 * The headers of an answer. Over plain http a browser ignores the opener policy and reports it as an error in its console, so it is not
 * sent there. Browsers send `Sec-Fetch-Mode` to addresses that they trust only (Fetch Metadata, section 2), so that a proxy that terminates TLS needs no setting.
 */
export function securityHeaders(secFetchMode: string | null | undefined): Readonly<Record<string, string>> {
  if (secFetchMode) return SECURITY_HEADERS
  const { 'Cross-Origin-Opener-Policy': _, ...others } = SECURITY_HEADERS
  return others
}

/** Names under /assets/ hold a hash of the content, so what a name stands for never changes. */
export const IMMUTABLE = 'public, max-age=31536000, immutable'

/** index.html, sw.js and the rest: asked for again each time, and mostly answered "not modified". */
export const REVALIDATE = 'no-cache'

/**
 * From an unknown address to the app's page, whose addresses begin at its own folder. The way is relative, since a proxy may have taken the
 * beginning of the path away. @param path as it was asked for, with or without a query
 */
export const toRoot = (path: string): string => './' + '../'.repeat(path.split(/[?#]/, 1)[0]!.split('/').length - 2)

/** A person opening an address, as opposed to a page asking for a file: only the former is led to the app instead of "not found". */
export function isNavigation(header: (name: 'sec-fetch-mode' | 'accept') => string | null | undefined): boolean {
  const mode = header('sec-fetch-mode') ?? null
  return mode === null ? (header('accept') ?? '').includes('text/html') : mode === 'navigate'
}
