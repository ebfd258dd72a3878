/** Texts of the screen that checks evidence; loaded with it. */
import type { EvidenceRefusal } from '../../core/result.ts'
import { countInWords } from '../../core/counts.ts'
import { refusalSentences } from '../refusal-messages.ts'

/** What an op that is none breaks, as said of an op anywhere else. */
const ofAnOp = (reason: Exclude<EvidenceRefusal, keyof typeof OWN>): string => `An op in it is not valid. ${refusalSentences[reason]}`

/** What is wrong with the file, or with what it should prove. */
const OWN = {
  'not-evidence':
    'This is not evidence: such a file begins with the line “tabweave evidence 1”. The file of a room is read in that room: Menu → Share the room → Import a file.',
  'unknown-version': 'It was made for another version of the protocol.',
  'too-large': 'It, or an op in it, is larger than the protocol allows.',
  truncated: 'The file is cut: its bytes end in the middle of something.',
  'trailing-bytes': 'Bytes follow after the end of the evidence, or after the end of an op.',
  'not-canonical':
    'It is written in another way than evidence is: the parts are in the wrong order, or an op is not in its canonical encoding.',
  'empty-chain': 'One of its two chains has no ops.',
  'unit-too-large': 'One of its chains has more ops or bytes than a chain can have.',
  'one-op': 'Both chains begin with the same op. That is no equivocation.',
  'two-rooms': 'The two ops are of different rooms. Each room has its own numbers.',
  'two-authors': 'The two ops are by different authors.',
  'two-seqs': 'The two ops have different numbers. An author writes many ops, each with its own number.',
  'broken-chain': 'An op in it does not name the op before it as its predecessor. So a later signature does not cover the earlier op.',
  'bad-signature': 'A signature in it is not the author’s. Anybody could have written this file.',
} as const satisfies Readonly<Partial<Record<EvidenceRefusal, string>>>

export const refusalOf = (reason: EvidenceRefusal): string =>
  Object.hasOwn(OWN, reason) ? OWN[reason as keyof typeof OWN] : ofAnOp(reason as Exclude<EvidenceRefusal, keyof typeof OWN>)

export const checkMessages = {
  title: 'Check evidence',
  lead: 'Evidence is a file. It shows that one author signed two different ops with the same number. (Each author numbers their ops 0, 1, 2 …) No room is needed: this page checks the file on this device and sends it to nobody.',
  pick: 'Choose a file',
  drop: 'or drop it here',
  reading: 'Reading and checking…',
  unreadable: 'The browser could not read this file.',
  tooLarge: 'The file is larger than any evidence.',
  back: 'Go to the start page',
  proves: 'This file proves an equivocation',
  provesNot: 'This file proves nothing',
  proven: (seq: number) =>
    `The holder of this key signed two different ops as number ${countInWords(seq)} of one room. A node that follows the protocol never does.`,
  author: 'Author',
  authorHint:
    'The nickname comes from the key and proves nothing: anyone can make keys until one has a wanted nickname. Compare the whole key.',
  room: 'Room',
  roomHint: (beginning: string) => `The id of the room’s first op. Links to this room begin with “#${beginning}”.`,
  number: 'Number',
  one: 'One op',
  other: 'The other op',
  id: 'Id',
  time: 'Author’s time',
  signed: 'Signature',
  own: 'its own',
  above: (ops: number) => `on a later op of the author, ${countInWords(ops)} ${ops === 1 ? 'op' : 'ops'} after this one`,
  noText: 'No text: it joins branches.',
  unknownBody: (bytes: string) => `Content of a kind that this version does not know, ${bytes}.`,
  notProven: 'What it does not prove',
  limits: [
    'Who the person is. The file is about a key, and anyone who has the key can sign with it. Nicknames and names prove nothing.',
    'That it was done on purpose. A copied or restored browser profile can sign two ops with the same number, and so can somebody who stole the key.',
    'Which of the two was written first, or when: times are what authors say.',
    'That the room’s nodes have admitted either op, or that anybody read it.',
    'That one of the two texts is false. Both are the author’s words.',
  ],
} as const
