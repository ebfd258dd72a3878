/** Texts of the list of rooms that this browser keeps; loaded with it. */
import { countInWords } from '../../core/counts.ts'

const listed = new Intl.ListFormat('en', { type: 'conjunction' })

export const keptMessages = {
  title: 'Rooms kept in this browser',
  resume: (name: string) => `Resume ${name}`,
  resumeNode: 'Resume',
  all: (n: number) => `All ${countInWords(n)} rooms`,
  here: 'open in this tab',
  isHere: (name: string) => `${name}, open in this tab`,
  /** What was done last there, in this browser. */
  opened: (when: string) => `you opened it ${when}`,
  written: (when: string) => `you wrote ${when}`,
  /** Of a room whose newest ops are no messages. */
  empty: (when: string) => `No message lately, created ${when}`,
  unreadable: 'Its copy on this disk cannot be read.',
  runs: 'runs in another tab',
  others: (n: number) => `and ${countInWords(n)} other kept ${n === 1 ? 'node' : 'nodes'}`,
  nodes: (n: number) => `${countInWords(n)} nodes`,
  nodesRun: (n: number) => `${countInWords(n)} in other tabs now`,
  more: (name: string) => `Nodes of ${name}, and forgetting`,
  forget: 'Forget',
  forgetNode: (name: string) => `Forget ${name}`,
  forgetRoom: 'Forget the room',
  forgetOthers: 'Forget the nodes that do not run',
  isRunning: (names: readonly string[]) =>
    `${listed.format(names)} ${names.length === 1 ? 'runs in another tab, and cannot be forgotten. Close that tab' : 'run in other tabs, and cannot be forgotten. Close those tabs'} first.`,
  isHereStill: 'To forget a node that is open in this tab, go to the start page first. Its list has the same menu.',
  lead: (n: number) =>
    `This browser forgets ${n === 1 ? 'the node’s key and its copy' : `the keys and copies of ${countInWords(n)} nodes`} of the room. ` +
    `Nobody can write as ${n === 1 ? 'this node' : 'these nodes'} again. Messages that no other node has are lost. Text that was typed there and not sent is lost too. Export the room first if you may need it.`,
  leadRunning: (names: readonly string[]) =>
    `${listed.format(names)} ${names.length === 1 ? 'runs and stays' : 'run and stay'}, so this browser keeps the room.`,
  confirm: (n: number) => (n === 1 ? 'Forget this node' : `Forget ${countInWords(n)} nodes`),
  keep: 'Keep',
  forgotten: (names: readonly string[]) => `${listed.format(names)} ${names.length === 1 ? 'was' : 'were'} forgotten.`,
  /** Why nodes were not forgotten. "unknown": nobody can tell whether they run. */
  refused: {
    runs: (names: readonly string[]) =>
      `${listed.format(names)} ${names.length === 1 ? 'runs in another tab now, and was not forgotten. Close that tab' : 'run in other tabs now, and were not forgotten. Close those tabs'} first.`,
    unknown: (names: readonly string[]) =>
      `${listed.format(names)} ${names.length === 1 ? 'was' : 'were'} not forgotten: on an address without https the browser cannot tell whether a node runs in another tab.`,
    failed: (names: readonly string[]) => `The browser refused to forget ${listed.format(names)}.`,
  },
} as const
