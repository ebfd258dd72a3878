/** The built app as Cloudflare serves it: the same files, and a file that says which headers the answers have. */
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IMMUTABLE, REVALIDATE, SECURITY_HEADERS } from './headers.ts'

/** Copies the app to a new `folder`, with the headers that `app.ts` gives its files. */
export async function writeAssets(app: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await cp(app, folder, { recursive: true })
  await writeFile(join(folder, '_headers'), HEADERS_FILE)
}

const lines = (headers: Readonly<Record<string, string>>): string[] => Object.entries(headers).map(([name, text]) => `  ${name}: ${text}`)

/** If two rules give the same header, a browser gets both, unless the second rule takes back ("!") what the first one gave. */
const HEADERS_FILE = [
  '/*',
  ...lines({ ...SECURITY_HEADERS, 'Cache-Control': REVALIDATE }),
  '/assets/*',
  '  ! Cache-Control',
  ...lines({ 'Cache-Control': IMMUTABLE }),
  '',
].join('\n')
