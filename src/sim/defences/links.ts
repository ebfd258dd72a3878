/** Rows D: what a hostile link, peer, relay or file cannot do, and why not. */
import type { Defence } from '../defences.ts'

const FETCH = 'src/sync/fetch.ts'
const SERVE = 'src/sync/serve.ts'
const INTAKE = 'src/sync/intake.ts'
const PEERS = 'src/sync/peers.ts'
const MESSAGES = 'src/sync/messages.ts'
const ENGINE = 'src/sync/engine.ts'
const SEALED = 'src/net/sealed.ts'
const SEALED_TEST = 'src/net/sealed.test.ts'
const LIARS = 'src/sim/attacks/liars.test.ts'
const ASKERS = 'src/sim/attacks/askers.test.ts'
const LINKS_TEST = 'src/sim/attacks/links.test.ts'
const EQUIVOCATORS = 'src/sim/attacks/equivocators.test.ts'

const tested = (file: string, name: string): Defence['test'] => ({ file, name })

export const LINKS: readonly Defence[] = [
  {
    row: 'D1',
    file: 'src/sync/gossip.ts',
    right: 'engine.heartbeatAt = engine.now + HEARTBEAT',
    wrong: 'engine.heartbeatAt = Infinity',
    test: tested(ASKERS, 'D1 what was lost is told again'),
  },
  {
    row: 'D1',
    file: 'src/core/replica.ts',
    right: 'if (isWaiting(replica.pending, unit)) {',
    wrong: 'if (unit.length === 0) {',
    test: tested('src/core/replica.test.ts', 'D1 the same unit again and again waits once'),
  },
  {
    row: 'D2',
    file: SEALED,
    right: 'const additionalData = concatBytes(room, envelope.header)',
    wrong: 'const additionalData = concatBytes(room, envelope.header.subarray(0, 0))',
    test: tested(SEALED_TEST, 'D2 a frame with any one bit flipped'),
  },
  {
    row: 'D2',
    file: SEALED,
    right: "if (!plaintext) return refuse('bad-envelope')",
    wrong: 'if (!plaintext) return ok({ sender: envelope.sender, receiver: envelope.receiver, plaintext: envelope.ciphertext })',
    test: tested(SEALED_TEST, 'D2 nobody without the room key'),
  },
  {
    row: 'D3',
    file: PEERS,
    right: 'if (engine.now >= peer.heardAt + PEER_SILENT) leave(engine, peer.id)',
    wrong: 'if (engine.now >= peer.heardAt + 100 * PEER_SILENT) leave(engine, peer.id)',
    test: tested(LIARS, 'D3 keeps a node from nothing but news'),
  },
  {
    row: 'D3',
    file: PEERS,
    right: 'if (answer.valid[0] === true) peer.author = author',
    wrong: 'if (answer.valid.length > 0) peer.author = author',
    test: tested(LIARS, 'D3 keeps a node from nothing but news'),
  },
  {
    row: 'D4',
    file: FETCH,
    right: 'else if (engine.now >= dueAt(fetch)) giveUp(engine, fetch)',
    wrong: '',
    test: tested(LIARS, 'D4 half-open'),
  },
  {
    row: 'D4',
    file: FETCH,
    right: 'if (admitted + duplicate > 0) fetch.heardAt = engine.now',
    wrong: 'fetch.heardAt = engine.now + (admitted + duplicate) * 0',
    test: tested(LIARS, 'D4 endless'),
  },
  {
    row: 'D4',
    file: FETCH,
    right: 'Math.min(heardAt + STALL, startedAt + Math.min(LONGEST_TURN, TURN + TURN_PER_OP * got))',
    wrong: 'heardAt + STALL + 0 * startedAt * got',
    test: tested(LIARS, 'D4 dripping'),
  },
  {
    row: 'D4',
    file: FETCH,
    right: 'Math.min(heardAt + STALL, startedAt + Math.min(LONGEST_TURN, TURN + TURN_PER_OP * got))',
    wrong: 'heardAt + STALL + 0 * startedAt * got',
    test: tested(LIARS, 'D4 trickling'),
  },
  {
    row: 'D5',
    file: FETCH,
    right: 'return turnOf(a) === turnOf(b) ? a.ops > b.ops : turnOf(a) < turnOf(b)',
    wrong: 'return a.ops > b.ops',
    test: tested(LIARS, 'D5 false heads by the hundred'),
  },
  {
    row: 'D5',
    file: FETCH,
    right: 'else bench(engine, peer)\n  if (fetch.all',
    wrong: '\n  if (fetch.all',
    test: tested(LIARS, 'D5 a peer that names what it has not'),
  },
  {
    row: 'D5',
    file: MESSAGES,
    right: ' || value.length > most * size',
    wrong: '',
    test: tested(LIARS, 'D5 heads and tips by the million'),
  },
  {
    row: 'D6',
    file: 'src/sync/gossip.ts',
    right: 'peer.headsKnown = false',
    wrong: 'peer.headsKnown = agrees(engine, peer)',
    test: tested(LIARS, 'D6 a digest like ours does not hide heads'),
  },
  {
    row: 'D7',
    file: SERVE,
    right: 'const SERVE_BYTES = 4 * 1024 * 1024',
    wrong: 'const SERVE_BYTES = Infinity',
    test: tested(ASKERS, 'D7 one small question'),
  },
  {
    row: 'D7',
    file: SERVE,
    right: 'unit.filter(() => holds[op++] !== 1)',
    wrong: 'unit.filter(() => holds[op++] !== 7)',
    test: tested(ASKERS, 'D7 of a unit that a peer holds in part'),
  },
  {
    row: 'D7',
    file: PEERS,
    right: '  if (peer.proving || peer.author !== null) return\n',
    wrong: '',
    test: tested(LINKS_TEST, 'D7 a flood of proofs'),
  },
  {
    row: 'D7',
    file: INTAKE,
    right: 'const VERIFY_AT_ONCE = 256',
    wrong: 'const VERIFY_AT_ONCE = Infinity',
    test: tested('src/sync/intake.test.ts', 'D7 a link whose first signatures are wrong'),
  },
  {
    row: 'D7',
    file: SERVE,
    right: 'const WALKED_AT_ONCE = 100_000_000',
    wrong: 'const WALKED_AT_ONCE = Infinity',
    test: tested('src/sync/serve.test.ts', 'D7 D10 WALKED_AT_ONCE is shared'),
  },
  {
    row: 'D8',
    file: 'src/node/deflate.ts',
    right: 'if (length > limit) {',
    wrong: 'if (length < 0) {',
    test: tested('src/node/adapters.test.ts', 'D8 a bomb is not inflated beyond its limit'),
  },
  {
    row: 'D8',
    file: INTAKE,
    right: 'queue.items.slice(0, IN_WORK).find',
    wrong: 'queue.items.slice(0, 1_000 * IN_WORK).find',
    test: tested(LINKS_TEST, 'D8 of one link’s compressed bundles'),
  },
  {
    row: 'D8',
    file: 'src/sync/bundle.ts',
    right: "if (total + bytesInUnit > MAX_BUNDLE_OP_BYTES) return refuse('too-large')",
    wrong: '',
    test: tested('src/sync/bundle.test.ts', 'D8 when few columns make more'),
  },
  {
    row: 'D9',
    file: MESSAGES,
    right: "if (bytes.length > MAX_WRAPPED_BYTES + MAX_FIELDS_BYTES) return refuse('too-large')",
    wrong: '',
    test: tested(LINKS_TEST, 'D9 a message, an op in it'),
  },
  {
    row: 'D9',
    file: 'src/core/op.ts',
    right: "if (op.body.length > MAX_BODY_BYTES) return 'too-large'",
    wrong: '',
    test: tested(LINKS_TEST, 'D9 a message, an op in it'),
  },
  {
    row: 'D9',
    file: 'src/core/op.ts',
    right: "if (bytes.length > MAX_OP_BYTES) return refuse('too-large')",
    wrong: '',
    test: tested('src/core/op.test.ts', 'D9 when it, or its body'),
  },
  {
    row: 'D9',
    file: 'src/sync/state.ts',
    right: 'if (engine.cut.size > MAX_CUT) engine.cut.delete(first!)',
    wrong: '',
    test: tested(LINKS_TEST, 'D9 a thousand links of garbage'),
  },
  {
    row: 'D9',
    file: PEERS,
    right: ' || engine.peers.size >= MAX_PEERS) return null',
    wrong: ') return null',
    test: tested(LINKS_TEST, 'D9 a thousand links of garbage'),
  },
  {
    row: 'D9',
    file: 'relay/node.ts',
    right: ', maxPayload: MAX_FRAME_BYTES }',
    wrong: ', maxPayload: 8 * MAX_FRAME_BYTES }',
    test: tested('relay/node.test.ts', 'D9 the largest frame passes'),
  },
  {
    row: 'D10',
    file: 'src/core/pending.ts',
    right: '  while (share.ops > MAX_PENDING_PER_LINK) evicted.push(evictOldest(pending, share))\n',
    wrong: '',
    test: tested(EQUIVOCATORS, 'D10 ten thousand keys'),
  },
  {
    row: 'D10',
    file: PEERS,
    right: 'askedAt: engine.now,',
    wrong: 'askedAt: -Infinity,',
    test: tested(EQUIVOCATORS, 'D10 a new one every second'),
  },
  {
    row: 'D11',
    file: INTAKE,
    right: 'if (answer.valid[i] === true) continue',
    wrong: 'if (i >= 0) continue',
    test: tested('src/node/node.test.ts', 'D11 a file with a flipped byte'),
  },
  {
    row: 'D11',
    file: 'src/sync/bundle.ts',
    right: "return reader.failed ? refuse('truncated') : ok(bundles)",
    wrong: 'return ok(bundles)',
    test: tested('src/sync/bundle.test.ts', 'D11 is refused when it is another file, cut'),
  },
  {
    row: 'D13',
    file: SERVE,
    right: '  if (peer.wants >= wantsAtMost(engine) || peer.opsServed > servedAtMost(engine.stored)) return\n',
    wrong: '',
    test: tested(ASKERS, 'D13 a peer that asks for everything again and again'),
  },
  {
    row: 'D13',
    file: FETCH,
    right: '...describeHoldings(dag, engine.stored)',
    wrong: 'heads: [], tips: [], tipsComplete: describeHoldings(dag, 0).tipsComplete',
    test: tested(ASKERS, 'D13 a long answer that was cut off goes on where it was'),
  },
  {
    row: 'D14',
    file: ENGINE,
    right: "decoded.reason === 'unknown-version' ? 0 : 5",
    wrong: '5',
    test: tested(LINKS_TEST, 'D14 a peer of another version'),
  },
  {
    row: 'D15',
    file: SEALED,
    right: "if (!seen.add(envelope.counter)) return refuse('repeated')",
    wrong: 'seen.add(envelope.counter)',
    test: tested(SEALED_TEST, 'D15 a repeated frame is refused'),
  },
  {
    row: 'D15',
    file: SEALED,
    right: 'const additionalData = concatBytes(room, envelope.header)',
    wrong: 'const additionalData = concatBytes(room, envelope.header.subarray(0, 0))',
    test: tested(SEALED_TEST, 'D15 reordered frames'),
  },
  {
    row: 'D15',
    file: 'src/net/replay-window.ts',
    right: 'if (has(counter)) return false',
    wrong: 'if (counter <= Math.max(...last) - WINDOW || has(counter)) return false',
    test: tested('src/net/replay-window.test.ts', 'D15 a forged counter, however high'),
  },
  {
    row: 'D16',
    file: INTAKE,
    right: '!equalBytes(op.room ?? id, engine.replica.room)',
    wrong: 'engine.stored < 0 && !equalBytes(op.room ?? id, engine.replica.room)',
    test: tested(LINKS_TEST, 'D16 another room’s genesis'),
  },
  {
    row: 'D16',
    file: INTAKE,
    right: 'if (items.length >= MAX_LINK_BUNDLES || bytes + more > MAX_LINK_BYTES) return true',
    wrong: '',
    test: tested(LINKS_TEST, 'D16 a flood that comes faster than it can be judged'),
  },
  {
    row: 'D16',
    file: INTAKE,
    right: 'queue.bytes > (fullest?.bytes ?? bytes + more)) fullest = queue',
    wrong: 'queue.bytes > (fullest?.bytes ?? 0)) fullest = queue',
    test: tested('src/sync/intake.test.ts', 'D16 of links that have as much as each other'),
  },
]
