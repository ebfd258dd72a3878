/** Texts of the screen that shares the room; loaded with it. */
import { countInWords, plural } from '../../core/counts.ts'
import { fileWritten } from '../messages.ts'

export const shareMessages = {
  lead: 'Anyone who has this link can read and write in this room, for ever. Give it only to people who should read and write here.',
  link: 'The room’s link',
  onlyHere: (host: string) =>
    `This link works on this device only: “${host}” always means the device that opens the link. To let other devices in, start the app with HOST=0.0.0.0 npm start. Then replace “${host}” in the link by this machine’s network address. docs/relay.md says how to add https.`,
  code: 'The room’s link as a code for a camera',
  codeHint: 'Another device can open it with its camera, or with “Scan a code” on the start page.',
  file: 'The room as a file',
  fileLead:
    'A file holds all ops that this node has admitted, with their signatures. Any node of the room can read it, and checks every op in it.',
  /** Of several nodes in the page, which one it is. */
  fileOf: (nickname: string) => `These buttons export from, and import into, the node ${nickname}.`,
  export: 'Export the room',
  exported: (file: string, size: string) => `${fileWritten(file, size)}.`,
  import: 'Import a file',
  importing: 'Reading and checking…',
  unreadable: 'The file could not be read: it was moved or changed, or this browser may not open it.',
  importedEmpty: 'The file is empty, so nothing was imported. Perhaps it was not copied or downloaded as a whole: do that again.',
  importedNoRoom:
    'This is not the file of a room, so nothing was imported. “Export the room” writes such files, and their names end in “.tabweave”.',
  importedEvidence:
    'This file is evidence of an equivocation, and not a room, so nothing was imported. To check it, open the start page and press “Check evidence, without a room”.',
  importedOther: 'This file is of another room, so nothing was imported. Open that room by its link, and import the file there.',
  importedDamaged: 'The file is cut or damaged, and nothing could be taken from it. Export the room again, or copy the file again.',
  importedNothing: 'This file has no ops, so nothing was imported.',
  imported: (admitted: number, duplicate: number, refused: number) =>
    `${plural(admitted, 'op')} admitted, ${countInWords(duplicate)} known before, ${countInWords(refused)} refused.`,
  importedCut: (bytes: string) =>
    `The file is cut or damaged: its last ${bytes} could not be read. All whole parts before them were taken.`,
  importedPending: (pending: number) =>
    `${plural(pending, 'op')} of this room ${pending === 1 ? 'waits' : 'wait'} for a missing parent or for a signature.`,
} as const
