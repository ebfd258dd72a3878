/**
 * Serves a built app from memory. All files are read once, at the start. A request can name no other file, so there is no path to
 * traverse.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, posix, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { IMMUTABLE, isNavigation, REVALIDATE, toRoot } from './headers.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

const COMPRESSIBLE = /^(text\/|image\/svg|application\/(json|manifest|wasm))/

const RELAY_META = /(<meta\s+name="tabweave-relay"\s+content=")[^"]*(")/

interface Asset {
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  readonly gzipped: Buffer | null
}

/** Answers a GET or HEAD for a path of the app; false when the app has no answer to it. A person at an unknown address is led to the app's page. */
export type ServeApp = (request: IncomingMessage, response: ServerResponse, path: string) => boolean

/**
 * Reads the app in `folder`. With `relay` false its page is told that there is none here.
 * @throws where the folder has no index.html
 */
export async function loadApp(folder: string, relay: boolean): Promise<ServeApp> {
  const page = await readFile(join(folder, 'index.html')).catch(() => null)
  if (!page) throw new Error(`There is no index.html in "${folder}". Build the app first.`)
  const index = await toAsset('/index.html', relay ? page : withoutRelay(page))

  const assets = new Map<string, Asset>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join(posix.sep)}`
    assets.set(path, await toAsset(path, await readFile(file)))
  }
  assets.set('/', index).set('/index.html', index)

  return (request, response, path) => {
    const asset = assets.get(path)
    if (asset) send(request, response, asset)
    else if (isNavigation((name) => request.headers[name] as string | undefined)) {
      response.writeHead(302, { Location: toRoot(request.url!), 'Cache-Control': 'no-store' }).end()
    } else return false
    return true
  }
}

async function toAsset(path: string, bytes: Buffer): Promise<Asset> {
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  const zipped = COMPRESSIBLE.test(type) ? await promisify(gzip)(bytes) : null
  const headers = {
    'Content-Type': type,
    'Cache-Control': path.startsWith('/assets/') ? IMMUTABLE : REVALIDATE,
    // Weak, since the compressed bytes answer to it too.
    ETag: `W/"${createHash('sha256').update(bytes).digest('base64url')}"`,
    Vary: 'Accept-Encoding',
  }
  return { headers, bytes, gzipped: zipped && zipped.length < bytes.length ? zipped : null }
}

function withoutRelay(page: Buffer): Buffer {
  return Buffer.from(page.toString().replace(RELAY_META, '$1none$2'))
}

function send(request: IncomingMessage, response: ServerResponse, { headers, bytes, gzipped }: Asset): void {
  if (request.headers['if-none-match'] === headers['ETag']) {
    response.writeHead(304, headers).end()
    return
  }
  const zip = gzipped !== null && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const body = zip ? gzipped : bytes
  response.writeHead(200, { ...headers, ...(zip ? { 'Content-Encoding': 'gzip' } : {}), 'Content-Length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}
