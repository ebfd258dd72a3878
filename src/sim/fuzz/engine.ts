/**
 * Target: a live engine with a few peers. An input is a script of what they say and what its platform does; afterwards the
 * platform works and time passes, and the engine must be at rest with nothing admitted that does not vouch for itself.
 */
import { concatBytes, equalBytes, toHex } from '../../core/bytes.ts'
import { idOf, numberOf } from '../../core/dag.ts'
import { opId } from '../../core/hash.ts'
import { peerProofBytes } from '../../core/keys.ts'
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import { encodeOp } from '../../core/op.ts'
import { assert } from '../../core/result.ts'
import { keyOf, type UnitOp } from '../../core/unit.ts'
import { encodeBody } from '../../crdt/body.ts'
import { isFile } from '../../sync/effects.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import { encodeMessage } from '../../sync/messages.ts'
import { admittedSet } from '../definition.ts'
import { identityNumber, STAND_IN } from '../identity.ts'
import type { Random } from '../random.ts'
import { bendUnits } from './bend-ops.ts'
import { aWrapped, encodeOneRoom, someUnits } from './make-bundle.ts'
import { aBody, aValueBytes, isSigned, ROOMS } from './corpus.ts'
import { answerAll, type Driven, drive, give, PEERS, SENDER } from './driver.ts'
import { aMessage, bendMessage } from './message.ts'
import { joinParts, partsOf } from './parts.ts'
import type { Target } from './target.ts'
import { accepts } from './unit.ts'

const ROOM = ROOMS[0]!
/** What the engine begins with; its peers have the rest. */
const KNOWN = ROOM.units.slice(0, 4)

/** The first byte of a part: what happens, with HOLD added when the platform is to answer later. */
const KIND = {
  say: 0,
  wait: PEERS.length,
  submit: PEERS.length + 1,
  import: PEERS.length + 2,
  gone: PEERS.length + 3,
  disk: PEERS.length + 4,
}
const KINDS = PEERS.length + 5
const HOLD = 0x80

/** ms of a "wait" for each unit of its byte. */
const PACE = 40
/** How long the engine is given in the end (ms): every peer is then given up, every answer given. */
const AFTERWARDS = 40_000

function aSaying(random: Random): Uint8Array {
  const push = (bundle: Uint8Array): Uint8Array =>
    encodeMessage({ type: 'units', ref: random.below(3), bundle, last: random.chance(0.5), left: 0 })
  switch (random.below(8)) {
    case 0:
    case 1:
      return push(wrapBundle('raw', encodeOneRoom(bendUnits(random, someUnits(random, ROOM)))))
    case 2:
      return push(wrapBundle('raw', random.pick(ROOM.bundles)))
    case 3:
      return push(aWrapped(random, random.chance(0.9) ? ROOM : ROOMS[1]))
    case 4:
    case 5:
      return encodeMessage(aMessage(random, ROOM))
    default:
      return bendMessage(random, encodeMessage(aMessage(random, ROOM)), encodeMessage(aMessage(random, ROOM)))
  }
}

function aPart(random: Random): Uint8Array {
  const part = (kind: number, payload: Uint8Array): Uint8Array =>
    concatBytes([Uint8Array.of(kind + (random.chance(0.3) ? HOLD : 0)), payload])
  const peer = random.below(PEERS.length)
  switch (random.below(14)) {
    case 0:
      return part(KIND.wait, random.bytes(1))
    case 1:
      return part(KIND.submit, random.chance(0.8) ? encodeBody(aBody(random)) : aValueBytes(random))
    case 2:
      return part(KIND.import, aWrapped(random, ROOM))
    case 3:
      return part(random.chance(0.5) ? KIND.gone : KIND.disk, random.bytes(1))
    case 4: {
      const { author } = identityNumber(peer)
      const proof = STAND_IN.sign(identityNumber(peer), peerProofBytes(ROOM.id, PEERS[peer]!, SENDER))
      return part(
        peer,
        encodeMessage({
          type: 'hello',
          author,
          proof: random.chance(0.7) ? proof : random.bytes(64),
          token: random.bytes(8),
          own: random.below(9),
        }),
      )
    }
    default:
      return part(peer, aSaying(random))
  }
}

function play(driven: Driven, part: Uint8Array): void {
  const [kind = 0] = part
  const payload = part.subarray(1)
  const what = (kind & ~HOLD) % KINDS
  if (what === KIND.wait) driven.now += PACE * (1 + (payload[0] ?? 0))
  if (what === KIND.disk) driven.diskFailure = ([null, 'full', 'failed'] as const)[(payload[0] ?? 0) % 3]!
  if (what < PEERS.length)
    give(driven, {
      type: 'bytes',
      from: toHex(PEERS[what]!),
      bytes: payload,
      addressed: kind % 2 === 0,
      isLatest: payload.length % 5 > 0,
      way: 'open',
    })
  else if (what === KIND.submit) give(driven, { type: 'submit', ref: 1, body: payload, time: 7 })
  else if (what === KIND.import) give(driven, { type: 'import', ref: 2, bundles: [payload] })
  else if (what === KIND.gone) give(driven, { type: 'gone', peer: toHex(PEERS[(payload[0] ?? 0) % PEERS.length]!) })
  else if (driven.alarm <= driven.now) give(driven, { type: 'tick' })
  if (kind < HOLD) answerAll(driven, payload.length % 2 === 0)
}

export const engine: Target = {
  share: 1,
  reasons: [
    'bad-message',
    'unknown-message',
    'unknown-version',
    'bad-signature',
    'unauthentic',
    'not-a-bundle',
    'bad-bundle',
    'bad-deflate',
    'not-for-this-room',
    'prev-not-own',
    'seq-gap',
    'bad-body',
    'unknown-kind',
  ],
  within: 3_000,
  inParts: true,
  make: (random) => joinParts(Array.from({ length: 1 + random.below(14) }, () => aPart(random))),
  judge(bytes) {
    const driven = drive(ROOM.id, KNOWN)
    const known = driven.engine.replica.dag.length
    const parts = partsOf(bytes)
    for (const part of parts) {
      play(driven, part)
      assertBudgets(driven)
    }
    // Each op, id and message of a few bytes has a few consequences; nothing has more.
    assert(driven.effects <= 100 * (parts.length + 1) + bytes.length, 'effects are in proportion to what was said')
    driven.diskFailure = null
    answerAll(driven, true)
    for (const end = driven.now + AFTERWARDS; driven.alarm <= end;) {
      driven.now = Math.max(driven.now, driven.alarm)
      give(driven, { type: 'tick' })
      answerAll(driven, true)
    }
    assertAtRest(driven)
    assertSelfCertified(driven)
    assertRestart(driven)
    return { accepted: driven.engine.replica.dag.length > known, refused: [...driven.refused] }
  },
}

function assertBudgets({ engine: { peers, intake, intakeBytes, unstoredBytes, replica } }: Driven): void {
  assert(peers.size <= PEERS.length, 'there are no more peers than spoke')
  let waiting = 0
  for (const [link, queue] of intake) if (!isFile(link)) for (const { wrapped } of queue.items) waiting += wrapped.length
  assert(waiting === intakeBytes, 'bytes that wait to be judged are counted')
  assert(unstoredBytes >= 0 && unstoredBytes <= replica.dag.length * (MAX_BODY_BYTES + 4_096), 'bytes that wait to be stored are counted')
}

function assertAtRest({
  engine: { jobs, intake, intakeBytes, unstored, unstoredBytes, stored, replica, submissions, peers },
}: Driven): void {
  assert(jobs.size === 0, 'every question was answered')
  assert(intake.size === 0 && intakeBytes === 0, 'everything was judged')
  assert(unstored.length === 0 && unstoredBytes === 0 && stored === replica.dag.length, 'everything that was admitted is stored')
  assert(submissions.length === 0, 'everything that was typed was answered')
  assert(peers.size === 0, 'silent peers are forgotten')
}

/** What is admitted is, by itself, an admitted set: signed, closed, valid, and each op under the id of its bytes. */
function assertSelfCertified({ engine: { replica }, admitted }: Driven): void {
  const all: UnitOp[] = [...KNOWN.flat(), ...admitted]
  assert(all.length === replica.dag.length, 'every op that was admitted was told, once')
  for (const [number, { id, op }] of all.entries()) {
    assert(equalBytes(id, idOf(replica.dag, number)), 'ops are told in order of admission')
    assert(equalBytes(opId(encodeOp(op)), id), 'an id is the hash of the canonical bytes')
  }
  const signed = new Set(all.filter(isSigned).map(({ id }) => keyOf(id)))
  const set = admittedSet(all, replica.room, ({ id }) => signed.has(keyOf(id)), accepts)
  assert(set.size === all.length, 'what is admitted vouches for itself')
}

/** A node that starts again from the disk holds the same ops. */
function assertRestart({ engine: { replica }, disk }: Driven): void {
  const { dag } = drive(ROOM.id, KNOWN, disk).engine.replica
  assert(dag.length === replica.dag.length, 'the disk gives back every op')
  for (let op = 0; op < dag.length; op++) assert(numberOf(dag, idOf(replica.dag, op)) === op, 'the disk gives back every op')
}
