/**
 * Executes the import table of docs/architecture.md on every file: what each layer may import (type-only imports too), which
 * packages it may use, and whether it may wait; and which platform it may name. Imports point toward `core`. The checker itself is tried on
 * deliberate violations. Tests, contract suites and naive twins may import across.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Rule {
  /** Layers or single modules (path without extension), seen from src/. */
  readonly imports: readonly string[]
  /** Packages by their first path parts; "node:" for Node's own. */
  readonly packages: readonly string[]
  /** True for a layer that has no clock, no chance and no promises. */
  readonly pure: boolean
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** The table of docs/architecture.md: cells of names in backticks, and "yes" for a pure layer. */
const TABLE: Readonly<Record<string, Rule>> = Object.fromEntries(
  readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    .split('## What may import what\n')[1]!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line): [string, Rule] => {
      const [layer, imports, packages, pure] = line.split('|').slice(1, 5)
      const names = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)
      return [names(layer)[0]!, { imports: names(imports), packages: names(packages), pure: pure!.trim() === 'yes' }]
    }),
)

/** Where no rule applies: what never ships, and what compares us with others. */
const FREE = /\.(test|contract|naive)\.tsx?$|^src\/bench\//

/** A worker's address is a string for the page, not its code. */
const WORKER_ADDRESS = /^worker\/[\w-]+\.worker\.ts\?worker&url$/

/** What `file` (a path from the repository's root) does against the table: one sentence each. */
function violations(file: string, source: string): string[] {
  if (FREE.test(file)) return []
  const layer = layerOf(file)
  const rule = TABLE[layer]
  if (!rule) return [`${file} is in no layer of the table`]
  const found: string[] = []
  const { program, errors } = parseSync(file, source)
  for (const error of errors) found.push(`${file} cannot be read: ${error.message}`)
  walk(program, (node) => {
    const specifier = importedBy(node)
    if (specifier !== undefined && !allowed(rule, layer, file, specifier)) found.push(`${layer} may not import ${specifier} (${file})`)
    if (rule.pure && waits(node)) found.push(`${layer} is synchronous and may not wait (${file})`)
  })
  return found
}

function allowed(rule: Rule, layer: string, file: string, specifier: string): boolean {
  if (!specifier.startsWith('.'))
    return rule.packages.some((name) => (name.endsWith(':') ? specifier.startsWith(name) : within(specifier, name)))
  const target = posix.relative('src', posix.join(posix.dirname(file), specifier))
  if (within(target, layer) || (layer === 'relay' && within(target, '../relay'))) return true
  if ((layer === 'ui' || layer === 'main' || layer === 'worker') && WORKER_ADDRESS.test(target)) return true
  if (FREE.test(target)) return false
  return rule.imports.some((name) => within(target.replace(/\.tsx?$/, ''), name))
}

const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`)

/** src/core/op.ts → core; src/main.tsx → main; relay/room.ts → relay. */
function layerOf(file: string): string {
  const [top = '', next = ''] = file.split('/')
  return top === 'src' ? next.replace(/\.tsx?$/, '') : top
}

type SyntaxNode = Readonly<Record<string, unknown>> & { readonly type: string }

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

function walk(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const item of value as unknown[]) walk(item, visit)
  if (!isNode(value)) return
  visit(value)
  for (const child of Object.values(value)) walk(child, visit)
}

/** What a node imports in whatever form; "(computed)" when only running it could tell; undefined when it imports nothing. */
function importedBy(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node['source'])
    case 'ExportNamedDeclaration':
      return node['source'] ? literal(node['source']) : undefined
    case 'TSExternalModuleReference':
      return literal(node['expression'])
    case 'NewExpression':
      return isNode(node['callee']) && node['callee']['name'] === 'URL' ? relativeAddress(node['arguments']) : undefined
    default:
      return undefined
  }
}

const literal = (node: unknown): string => (isNode(node) && typeof node['value'] === 'string' ? node['value'] : '(computed)')

/** `new URL('./x.ts', import.meta.url)` makes the bundler take x.ts in. */
function relativeAddress(args: unknown): string | undefined {
  const [first] = Array.isArray(args) ? (args as unknown[]) : []
  const address = literal(first)
  return address.startsWith('.') ? address : undefined
}

const waits = (node: SyntaxNode): boolean =>
  node['async'] === true || node.type === 'AwaitExpression' || (node.type === 'Identifier' && node['name'] === 'Promise')

/** Every TypeScript file of ours under a folder, as paths from the repository's root. */
const filesUnder = (folder: string): string[] =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('node_modules'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)

describe('the import table', () => {
  test('holds for every file of the project', () => {
    const files = ['src', 'relay'].flatMap((folder) => filesUnder(folder))
    expect(files.length).toBeGreaterThan(20)
    expect(Object.keys(TABLE).filter((layer) => !files.some((file) => layerOf(file) === layer))).toEqual([])
    expect(files.flatMap((file) => violations(file, readFileSync(join(root, file), 'utf8')))).toEqual([])
  })

  test.each([
    ['src/core/x.ts', `import { Store } from '../store/store.ts'`],
    ['src/core/x.ts', `import type { Store } from '../store/store.ts'`],
    ['src/core/x.ts', `export { open } from '../store/memory.ts'`],
    ['src/core/x.ts', `export * from '../store/memory.ts'`],
    ['src/core/x.ts', `type S = import('../store/store.ts').Store`],
    ['src/core/x.ts', `import fs = require('node:fs')`],
    ['src/core/x.ts', `import 'idb'`],
    ['src/sync/x.ts', `import { Transport } from '../net/transport.ts'`],
    ['src/graph/x.ts', `import type { NodeStatus } from '../worker/api.ts'`],
    ['src/rules/x.ts', `import { engine } from '../sync/engine.ts'`],
    ['src/node/x.ts', `import type { FromNode } from '../worker/api.ts'`],
    ['src/node/x.ts', `const later = import('../ui/app.ts')`],
    ['src/node/x.ts', 'const later = import(`../${place}.ts`)'],
    ['src/worker/x.ts', `import { messages } from '../ui/messages.ts'`],
    ['src/ui/console/x.tsx', `import { openStore } from '../../store/indexeddb.ts'`],
    ['src/ui/console/x.tsx', `import '../../worker/node.worker.ts'`],
    ['src/ui/console/x.tsx', `new Worker(new URL('../../worker/node.worker.ts', import.meta.url))`],
    ['src/ui/x.ts', `import { runContract } from '../store/store.contract.ts'`],
    ['src/ui/x.ts', `import { useThing } from 'react-aria-components'`],
    ['src/sim/x.ts', `import { openIndexedDb } from '../store/indexeddb.ts'`],
    ['relay/x.ts', `import { sealed } from '../src/net/sealed.ts'`],
    ['relay/x.ts', `import { decode } from '../src/core/op.ts'`],
    ['src/elsewhere/x.ts', ''],
    ['src/core/x.ts', `export async function later() {}`],
    ['src/core/x.ts', `export type Later = Promise<number>`],
  ])('refuses, in %s: %s', (file, source) => {
    expect(violations(file, source)).toHaveLength(1)
  })

  test.each([
    ['src/core/x.ts', `import { sha256 } from '@noble/hashes/sha2.js'; import { ok } from './result.ts'`],
    ['src/rules/x.ts', `import type { Body } from '../crdt/body.ts'`],
    ['src/worker/x.ts', `import { createNode } from '../node/loop.ts'`],
    ['src/ui/graph/x.tsx', `import url from '../../worker/render.worker.ts?worker&url'; import type { Hex } from '../../worker/api.ts'`],
    ['src/ui/x.ts', `const bytes = new URL('https://example.org')`],
    ['src/main.tsx', `import { App } from './ui/frame/App.tsx'; import url from './worker/node.worker.ts?worker&url'`],
    ['src/core/x.test.ts', `import { memory } from '../store/memory.ts'`],
    ['relay/x.ts', `import { readEnvelope } from '../src/net/envelope.ts'; import { createServer } from 'node:http'`],
  ])('allows, in %s: %s', (file, source) => {
    expect(violations(file, source)).toEqual([])
  })
})

describe('the platform a layer can name', () => {
  const EVERYWHERE = ['document', 'window', 'localStorage', 'process']
  const PLATFORM = [...EVERYWHERE, 'indexedDB', 'setTimeout', 'crypto', 'fetch', 'performance', 'console', 'WebSocket', 'queueMicrotask']
  const pure = Object.entries(TABLE).flatMap(([layer, rule]) => (rule.pure ? [layer] : []))
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(root, 'node_modules/.layers-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The names of `names` that do not compile in a file of that layer. */
  function unknownIn(layer: string, names: readonly string[]): string[] {
    const config = join(folder, `${layer}.json`)
    for (const name of names) writeFileSync(join(folder, `${name}.ts`), `export const named = ${name}\n`)
    const options = { noEmit: true, composite: false, incremental: false, emitDeclarationOnly: false, rootDir: folder }
    const files = names.map((name) => `./${name}.ts`)
    writeFileSync(
      config,
      JSON.stringify({ extends: `../../src/${layer}/tsconfig.json`, compilerOptions: options, files, include: [], references: [] }),
    )
    const output = compile(config)
    return names.filter((name) => output.includes(`Cannot find name '${name}'`))
  }

  test.each(pure)('%s cannot name any', (layer) => {
    expect(unknownIn(layer, PLATFORM)).toEqual(PLATFORM)
  })

  test.each(['store', 'net', 'node', 'worker'])("%s can name a worker's, but no page and no server", (layer) => {
    expect(unknownIn(layer, PLATFORM)).toEqual(EVERYWHERE)
  })

  test('cli can name a server, but no page', () => {
    expect(unknownIn('cli', PLATFORM)).toEqual(['document', 'window', 'localStorage'])
  })

  test('ui can name the page, but no server', () => {
    expect(unknownIn('ui', PLATFORM)).toEqual(['process'])
  })
})

/** What the compiler says about a project, on its standard output. */
function compile(project: string): string {
  try {
    return execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { encoding: 'utf8' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}
