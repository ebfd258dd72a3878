/** What a piece of evidence proves, in plain words, with both ops side by side; and what it does not prove. */
import { toBase64url, toHex } from '../../core/bytes.ts'
import { type Evidence, roomOf } from '../../core/evidence.ts'
import type { Unit } from '../../core/unit.ts'
import { decodeBody } from '../../crdt/body.ts'
import { wordsOf } from '../../crdt/entry-words.ts'
import { textOf } from '../../crdt/text-of.ts'
import { bytesInWords } from '../bytes-in-words.ts'
import { fullTime, messages } from '../messages.ts'
import { LongText } from '../shared/LongText.tsx'
import { AuthorMark, AuthorName } from '../shared/AuthorMark.tsx'
import { checkMessages as text } from './check-messages.ts'

/** Letters of a link that say the room's id and nothing of its secret: 32 bytes end within the 43rd. */
const LINK_CHARACTERS = 42

export function Proof({ name, evidence }: { readonly name: string; readonly evidence: Evidence }) {
  const first = evidence.a[0]!
  const author = toHex(first.op.author)
  return (
    <section className="verdict" data-verdict="proves">
      <h2>{text.proves}</h2>
      <p className="verdict-file their-text">
        <bdi>{name}</bdi>
      </p>
      <p>{text.proven(first.op.seq)}</p>
      <dl className="verdict-facts">
        <dt>{text.author}</dt>
        <dd>
          <span className="verdict-author">
            <AuthorMark author={author} />
            <AuthorName author={author} />
          </span>
          <code>{author}</code>
          <span className="quiet">{text.authorHint}</span>
        </dd>
        <dt>{text.room}</dt>
        <dd>
          <code>{toHex(roomOf(first))}</code>
          <span className="quiet">{text.roomHint(toBase64url(roomOf(first)).slice(0, LINK_CHARACTERS))}</span>
        </dd>
        <dt>{text.number}</dt>
        <dd>{messages.count(first.op.seq)}</dd>
      </dl>
      <div className="verdict-ops">
        <SignedOp title={text.one} chain={evidence.a} />
        <SignedOp title={text.other} chain={evidence.b} />
      </div>
      <h3>{text.notProven}</h3>
      <ul className="verdict-limits">
        {text.limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </section>
  )
}

/** One of the two ops: its text, and what signs it. */
function SignedOp({ title, chain }: { readonly title: string; readonly chain: Unit }) {
  const { op, id } = chain[0]!
  return (
    <article className="verdict-op" aria-label={title}>
      <h3>{title}</h3>
      <LongText text={saidBy(op.body)} className="verdict-text" />
      <dl>
        <dt>{text.id}</dt>
        <dd>
          <code>{toHex(id)}</code>
        </dd>
        <dt>{text.time}</dt>
        <dd>{fullTime(op.time)}</dd>
        <dt>{text.signed}</dt>
        <dd>{chain.length === 1 ? text.own : text.above(chain.length - 1)}</dd>
      </dl>
    </article>
  )
}

/** A body in words. A room may know kinds that this version does not: its ops are evidence all the same. */
function saidBy(bytes: Uint8Array): string {
  const body = decodeBody(bytes)
  if (!body.ok) return text.unknownBody(bytesInWords(bytes.length))
  const { kind } = body.value
  return kind === 'merge' ? text.noText : wordsOf({ kind, text: textOf(body.value) })
}
