/** Texts of the start page; loaded with it. */
import { quotedName } from '../../graph/author-look.ts'
import { countInWords } from '../../core/counts.ts'
import { LINK_CHARACTERS } from '../../core/room-link.ts'
import { messages } from '../messages.ts'

/** Fewer characters were not meant to be a link. */
const SEEMS_A_LINK = 40

export const startMessages = {
  claim: 'Every tab is a node.',
  pitch:
    'Create a room, open its link in another tab or on another device, and type in each. Messages are signed. Each message contains the hashes of the messages before it. So the messages form one graph. Correct nodes that are connected end up with the same graph, even if others lie. A tab that was offline catches up.',
  begin: 'Create a room',
  name: 'Room name',
  namePlaceholder: 'for example: Thursday seminar',
  nameless: `A room’s name stays as it is. If you give none, it is “${messages.opening.defaultName}”.`,
  longName: (most: number) => `This name is too long: the room gets its first ${countInWords(most)} characters.`,
  create: 'Create the room',
  join: 'Join a room',
  link: 'Room link',
  linkPlaceholder: 'https://…/#…',
  joinNow: 'Join',
  badLink: (count: number) =>
    count < SEEMS_A_LINK
      ? `This text contains no room link. A room link ends in “#” and ${LINK_CHARACTERS} characters.`
      : count === LINK_CHARACTERS
        ? 'The last character of this room link is wrong. Copy the link again, or correct it here.'
        : `This room link is wrong: it has ${countInWords(count)} characters, and there must be ${LINK_CHARACTERS} after “#”. Copy the link again, or correct it here.`,
  mistyped: 'This is the address with which the page was opened.',
  elsewhere: (place: string) =>
    `This link leads to ${quotedName(place)}, and not to this page. This page uses its own relay, and not the relay of ${quotedName(place)}. So it may not find the other nodes of the room.`,
  elsewhereIsHere: (place: string) => `${quotedName(place)} always means the device that opens the link.`,
  openThere: (place: string) => `Open the link at ${quotedName(place)}`,
  joinHere: 'Join from this page',
  open: 'Anyone with a room’s link can read and write in it. A relay sees which network addresses connect, when, and how much they send. It does not see what they send.',
  check: 'Check evidence, without a room',
  busy: 'All nodes of this room in this browser already run in other tabs. So this tab is a new node.',
  tryTitle: 'Things to try in a room',
  tries: [
    'Open another tab, and type in both: there are two nodes and one history.',
    'Switch one tab offline, write in both, and bring it back: you see two branches, and the next message joins them.',
    'Press an op in the graph: you see what its author had seen, and who has seen the op since.',
    'Disconnect the network and reload: the room is still there, and you can still write. (With https, or on this machine.)',
  ],
} as const
