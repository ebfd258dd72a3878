/** Texts of the help; loaded with it. */

export const helpMessages = {
  title: 'Help',
  what: 'What you are looking at',
  paragraphs: [
    'Each tab runs a node. A node has a key that was made in this browser, and a copy of the room on this disk. It decides by itself which ops are valid.',
    'What you write becomes an op. It is signed, and contains the hashes of the ops before it. So ops form a graph, not one chain: when two people write at the same time, both ops stay, and a later op joins them.',
    'The history in the console lists the ops of that graph, in the same order on every node that holds the same ops. It is sorted by depth in the graph, not by time: an op can arrive after ops that stand below it. It is then inserted in the middle of the history.',
    '“Saved here” means: your message is stored on this disk. “With all 3 here” means: the nodes of all 3 other authors who are connected now say that they have your message. That is no proof.',
    '“Seen by 2” means: 2 other authors have signed an op that follows this message. In a room of more than 64 authors, only 64 are counted: the first 32 whose ops this node received, and 32 others. Of the others, connected authors come first.',
    'The time of an op is what its author says. Nothing depends on it.',
  ],
  words: 'Words',
  meanings: [
    'Head: an op that no other op follows yet.',
    'Digest: a hash of the heads. Two correct nodes with the same digest hold the same ops, as long as nobody finds two different ops with the same SHA-256 hash.',
    'Depth: one more than the greatest depth of the op’s parents. The room’s first op has depth 0. The depth is the row in the graph.',
    'Pending: an op that has arrived, and waits for a missing parent or for a signature.',
    'Equivocation: an author signed two different ops with the same number. (Each author numbers their ops 0, 1, 2 …)',
  ],
  promise: 'What it promises, and what not',
  promises: [
    'A correct node follows the protocol. Correct nodes that hold the same ops show the same history and the same digest, as long as nobody finds two different ops with the same SHA-256 hash. Tabweave does not promise that all nodes hold the same ops now.',
    'Nobody can write in another’s name or change what was written, as long as SHA-256 and Ed25519 are not broken, and nobody else can use that author’s key.',
    'If an author signs two different ops with the same number, anyone who holds both can prove it.',
    'Anyone with the link can write, and can fill disks. Links cannot be revoked.',
    'The people who run the server of this page can change its code, and so read the room and write with your key. The relay cannot do this, unless it also serves the page.',
  ],
  shortcuts: 'Keys',
  keys: [
    ['Enter', 'send what is typed; on a touchscreen, a new line'],
    ['Shift Enter', 'a new line'],
    ['Ctrl Enter', 'send what is typed'],
    ['/', 'outside a text field: search the history for a text, a name or the beginning of an id'],
    ['Enter', 'in the search: the next match, with Shift the one before'],
    ['Esc', 'close, clear the search or the selection; in an empty message field, go to the history'],
    ['L', 'follow the newest, in history and graph'],
    ['?', 'this help'],
  ] as readonly (readonly [string, string])[],
} as const
