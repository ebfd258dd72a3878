/** Defences against names that cost nothing, floods, and words of the dead: rows D17 to D27. */
import { type Defence } from '../defences.ts'

const tested = (file: string, name: string): Defence['test'] => ({ file, name })
const PEERS = 'src/sync/peers.ts'
const PEERS_TEST = 'src/sync/peers.test.ts'
const PACE = 'src/sync/pace.ts'
const SERVE_TEST = 'src/sync/serve.test.ts'
const FETCH = 'src/sync/fetch.ts'
const FETCH_TEST = 'src/sync/fetch.test.ts'
const INBOX = 'src/node/inbox.ts'
const INBOX_TEST = 'src/node/inbox.test.ts'
const LINKS_FILE = 'src/node/links.ts'
const LINKS_TEST = 'src/node/links.test.ts'

export const HOSTILE_NAMES: readonly Defence[] = [
  {
    row: 'D17',
    file: 'src/sync/submit.ts',
    in: 'headsToFollow',
    drop: 'for',
    mentions: ['SENIORS'],
    test: tested('src/sync/submit.test.ts', 'D17 of more heads than an op can follow'),
  },
  {
    row: 'D18',
    file: PEERS,
    in: 'takeSeat',
    drop: 'call leave',
    test: tested(PEERS_TEST, 'D18 MAX_SEATS peers have a seat'),
  },
  {
    row: 'D18',
    file: 'src/sync/roster.ts',
    in: 'giveWay',
    drop: 'call sort',
    test: tested('src/sync/roster.test.ts', 'D18 a newcomer of worth gets a seat'),
  },
  {
    row: 'D18',
    file: 'relay/room.ts',
    replace: 'value of const MAX_SENDERS_PER_CONNECTION',
    with: 'Infinity',
    test: tested('relay/room.test.ts', 'D18 a connection may bring MAX_SENDERS_PER_CONNECTION'),
  },
  {
    row: 'D19',
    file: PEERS,
    in: 'meet',
    replace: 'condition of if',
    mentions: ['addressed'],
    with: '!peer.isMet',
    test: tested(PEERS_TEST, 'D19 frames of dead runs give no seat'),
  },
  {
    row: 'D19',
    file: PEERS,
    in: 'isCurrent',
    replace: 'value of return',
    with: 'true',
    test: tested(PEERS_TEST, 'D19 a peer whose words are held back'),
  },
  {
    row: 'D19',
    file: PACE,
    in: 'spend',
    replace: 'condition of if',
    mentions: ['firstShares'],
    with: 'false',
    test: tested(SERVE_TEST, 'D19 a stranger gets a first share'),
  },
  {
    row: 'D19',
    file: LINKS_FILE,
    in: 'openNext',
    drop: 'if',
    mentions: ['standingOf', 'unknown'],
    lacks: ['wasUnknown'],
    test: tested(LINKS_TEST, 'D19 what a stranger signals to everybody'),
  },
  {
    row: 'D21',
    file: PACE,
    in: 'mustWait',
    drop: 'if',
    mentions: ['MAX_UNJUDGED'],
    test: tested(SERVE_TEST, 'D21 no more than MAX_UNJUDGED bundles'),
  },
  {
    row: 'D21',
    file: PACE,
    in: 'spend',
    drop: 'if',
    mentions: ['bulk'],
    test: tested(SERVE_TEST, 'D21 all who have not written share MAX_BULK'),
  },
  {
    row: 'D21',
    file: PACE,
    in: 'mayAsk',
    drop: 'operand',
    mentions: ['MAX_SERVED'],
    test: tested(SERVE_TEST, 'D21 MAX_SERVED bytes are served to one peer'),
  },
  {
    row: 'D22',
    file: INBOX,
    in: 'pays',
    replace: 'call drawOne',
    mentions: ['unknown'],
    with: 'true',
    test: tested(INBOX_TEST, 'D22 of frames under unknown names'),
  },
  {
    row: 'D22',
    file: INBOX,
    in: 'next',
    replace: 'value of const open',
    with: 'unknown.shift() ?? met.shift() ?? trusted.shift()',
    test: tested(INBOX_TEST, 'D22 frames of the trusted are opened before'),
  },
  {
    row: 'D23',
    file: 'relay/shares.ts',
    in: 'takePlace',
    drop: 'if',
    mentions: ['largestSource'],
    test: tested('relay/shares.test.ts', 'D23 when all are taken'),
  },
  {
    row: 'D24',
    file: FETCH,
    replace: 'value of const MAX_QUESTIONS',
    with: '1',
    test: tested(FETCH_TEST, 'D24 a newcomer among 250 names that are silent'),
  },
  {
    row: 'D24',
    file: FETCH,
    replace: 'value of const MAX_QUESTIONS',
    with: '1',
    test: tested(FETCH_TEST, 'D24 a newcomer among 250 names that drip'),
  },
  {
    row: 'D25',
    file: LINKS_FILE,
    in: 'pathOf',
    drop: 'if',
    mentions: ['isConnected'],
    test: tested(LINKS_TEST, 'D25 a peer with a proven channel'),
  },
  {
    row: 'D25',
    file: LINKS_FILE,
    in: 'hearOn',
    replace: 'choice',
    with: '[heard, MAX_GLIMPSED]',
    test: tested(LINKS_TEST, 'D25 names of strangers push each other out'),
  },
  {
    row: 'D26',
    file: 'src/ui/state/page-node.ts',
    in: 'say',
    replace: 'choice',
    with: 'name',
    test: tested('src/ui/state/page-node.test.ts', 'D26 a name and servers kept from other rooms'),
  },
  {
    row: 'D26',
    file: 'src/ui/state/page-node.ts',
    in: 'tellPersonal',
    drop: 'operand',
    mentions: ['allowed', 'servers'],
    test: tested('src/ui/state/page-node.test.ts', 'D26 a name and servers kept from other rooms'),
  },
  {
    row: 'D27',
    file: 'src/sync/state.ts',
    in: 'leave',
    drop: 'if',
    mentions: ['strikes'],
    test: tested('src/sync/engine.test.ts', 'D27 a farewell leaves the strikes'),
  },
]
