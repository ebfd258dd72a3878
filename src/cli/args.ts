/** Reads the command line. Pure; tried in `args.test.ts`. */
import { parseArgs } from 'node:util'
import { withoutEndSlashes } from '../core/end-slashes.ts'
import { MAX_ROOM_NAME } from '../core/limits.ts'
import { isSeen } from '../core/quotable.ts'
import { findLink } from '../core/room-link.ts'
import { MAX_NAME_LENGTH } from '../net/direct/signal.ts'
import { parseLink, type RoomLink } from '../node/link.ts'

export interface Options {
  /** A room by its link, a new room of this name, or the only room that is kept under this name. */
  readonly room:
    | { readonly type: 'join'; readonly link: RoomLink }
    | { readonly type: 'found'; readonly name: string }
    | { readonly type: 'resume' }
  /** Which of this machine's nodes in the room. */
  readonly name: string
  /** True if the command gave the name; others are then told it. */
  readonly isNamed: boolean
  /** An address as `relayAddress` gives it; "none"; null if the command line names none. */
  readonly relay: string | null
  /** Null: the usual one. */
  readonly folder: string | null
  /**
   * "stay": until it is told to leave. "once": until all lines are written and all peers agree. "digest": as "once", and prints nothing
   * else.
   */
  readonly mode: 'stay' | 'once' | 'digest'
  /** Does not wait for own ops that its files may have lost. */
  readonly writesNow: boolean
  /** How long "once" and "digest" wait for anything to happen (ms). */
  readonly wait: number
}

export type Asked =
  | { readonly type: 'run'; readonly options: Options }
  | { readonly type: 'check'; readonly file: string }
  /** Writes what a node's files hold into `file`; the node does not run. */
  | { readonly type: 'export'; readonly file: string; readonly options: Options }
  | { readonly type: 'help' }
  | { readonly type: 'wrong'; readonly sentence: string }

export const USAGE = `A node of a Tabweave room in a terminal.

  npm run -s node -- LINK            joins the room; if you have a node there, it runs again
  npm run -s node -- --new "NAME"    creates a room and prints its link
  npm run -s node                    continues in the room, if only one room is kept
  npm run -s node -- --export FILE   writes the room that is kept (of a LINK, or the only one) into a file; runs no node
  npm run -s node -- --check FILE    checks evidence of an equivocation; needs no room, keeps nothing

  --name NAME       which of your nodes runs; others see this name, and remember it
  --relay ADDRESS   https://host, wss://host, or "none" (where the link is from, else http://localhost:8229)
  --dir FOLDER      where nodes are kept (.tabweave in your home folder)
  --once            first fetches what was said before; ends when every line that came in is written and all peers agree
  --digest          prints the digest when all connected peers have the same one, and ends
  --write-now       writes without first asking others for messages of this node that these files may have lost
  --wait SECONDS    how long --once and --digest wait while nothing happens (30)

Each line that you type is written to the room as a message. In a terminal, lines that begin with "/" are for the node: /help lists them.`

/** The name of a node that was given none. Nobody is told it. */
const USUAL_NAME = 'node'
const isShownName = (name: string, longest: number): boolean => isSeen(name) && Array.from(name).length <= longest && name.isWellFormed()
const SCHEMES = ['http:', 'https:', 'ws:', 'wss:']

const wrong = (sentence: string): Asked => ({ type: 'wrong', sentence })

/** Reads the arguments after the program's name. Any text gives a result. */
export function readArgs(args: readonly string[]): Asked {
  const asked = readRun(args)
  if (asked.type !== 'run') return asked
  const file = parse(args).values.export
  if (file === undefined) return asked
  const { options } = asked
  if (file === '') return wrong('--export takes the name of a file.')
  if (options.room.type === 'found' || options.mode !== 'stay' || options.writesNow)
    return wrong('--export runs no node. Only a link, --name and --dir can be given with it: they say which room.')
  return { type: 'export', file, options }
}

function readRun(args: readonly string[]): Asked {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    return wrong(`${(error as Error).message.split('. ')[0]}. --help lists the options.`)
  }
  const { values, positionals } = parsed
  if (values.help) return { type: 'help' }
  if (values.check !== undefined) {
    const others = args.filter((arg) => arg !== '--check' && arg !== values.check && arg !== `--check=${values.check}`)
    if (others.length > 0) return wrong('--check takes one file, and nothing else beside it.')
    return values.check === '' ? wrong('--check takes the name of a file.') : { type: 'check', file: values.check }
  }
  if (positionals.length > 1)
    return wrong(`This command takes one link, and got ${positionals.length} arguments. Put a name with spaces in quotes.`)
  const [text] = positionals
  if (text !== undefined && values.new !== undefined) return wrong('Either join a room with its link or create one with --new, not both.')
  // One spelling for each name, since names are compared, and a folder is named after it.
  const name = (values.name ?? USUAL_NAME).trim().normalize('NFC')
  if (!isShownName(name, MAX_NAME_LENGTH))
    return wrong(`--name takes ${MAX_NAME_LENGTH} characters at most, and at least one that can be seen.`)
  const wait = Number(values.wait) * 1000
  if (!(wait > 0 && Number.isFinite(wait))) return wrong('--wait takes a number of seconds above 0.')
  const relay = values.relay === undefined || values.relay === 'none' ? (values.relay ?? null) : relayAddress(values.relay)
  if (relay === null && values.relay !== undefined) return wrong('--relay takes an address such as wss://relay.example, or "none".')
  const rest = {
    name,
    isNamed: values.name !== undefined,
    folder: values.dir ?? null,
    mode: values.digest ? 'digest' : values.once ? 'once' : 'stay',
    writesNow: values['write-now'],
    wait,
  } as const

  if (values.new !== undefined) {
    const roomName = values.new.trim()
    if (!isShownName(roomName, MAX_ROOM_NAME))
      return wrong(`--new takes the room's name: ${MAX_ROOM_NAME} characters at most, and at least one that can be seen.`)
    return { type: 'run', options: { room: { type: 'found', name: roomName }, relay, ...rest } }
  }
  if (text === undefined) return { type: 'run', options: { room: { type: 'resume' }, relay, ...rest } }
  const link = parseLink(text)
  if (link === null)
    return wrong(
      'This is not the link of a room. Such a link ends in "#" and 86 characters. Copy all of it from a tab’s address bar, and put it in quotes.',
    )
  const { address } = findLink(text)!
  const from = address === '' ? null : relayBeside(address)
  if (address !== '' && from === null)
    return wrong('The part of this link before "#" is not an address that begins with https:// or http://.')
  return { type: 'run', options: { room: { type: 'join', link }, relay: relay ?? from, ...rest } }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    // A fragment may begin with "-", which is no option.
    args: args.map((arg) => (parseLink(arg) !== null && arg.startsWith('-') ? `#${arg}` : arg)),
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      new: { type: 'string' },
      check: { type: 'string' },
      export: { type: 'string' },
      relay: { type: 'string' },
      dir: { type: 'string' },
      once: { type: 'boolean', default: false },
      digest: { type: 'boolean', default: false },
      wait: { type: 'string', default: '30' },
      'write-now': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })

/** The relay in the folder of a page, by the page's address; null when that is no address. */
const relayBeside = (page: string): string | null => (URL.canParse('.', page) ? relayAddress(new URL('.', page).href) : null)

/** A relay's address as it is kept, "wss://host:1/path", without a query and a slash at its end; null when it is no address of a relay. */
export function relayAddress(address: string): string | null {
  if (!URL.canParse(address)) return null
  const { protocol, host, pathname } = new URL(address)
  return SCHEMES.includes(protocol) && host !== '' ? `${protocol}//${host}${withoutEndSlashes(pathname)}` : null
}
