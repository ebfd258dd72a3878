/** What a target of the fuzzer is: something that reads hostile bytes, the bytes to give it, and what must hold whatever they are. */
import { assert, type Result } from '../../core/result.ts'
import type { Random } from '../random.ts'
import { counted } from './counted.ts'

/** What became of one input. Of an input in parts some may be taken and others refused, for several reasons. */
export interface Verdict {
  readonly accepted: boolean
  /** Each reason once. */
  readonly refused: readonly string[]
}

export interface Target {
  /** How many inputs it gets beside the other targets: the quicker, the more. */
  readonly share: number
  /** What it can refuse inputs for: each of these must have occurred within the first so many inputs. */
  readonly reasons: readonly string[]
  readonly within: number
  /** True when an input is a list of parts (`parts.ts`), which can be left out one by one. */
  readonly inParts?: true
  /** One input; a function of the chance given. */
  make(random: Random): Uint8Array
  /**
   * Gives the bytes to the product and asserts what must hold; what it throws is a finding. With `counting`, work is counted
   * too, and asserted to be in proportion to the input; that is slow.
   */
  judge(bytes: Uint8Array, counting: boolean): Verdict
}

export const ACCEPTED: Verdict = { accepted: true, refused: [] }

export const refusedFor = (reason: string): Verdict => ({ accepted: false, refused: [reason] })

/** Reads the bytes once more, counting: asserts the same verdict, and at most `each` reads for every byte and so many besides. */
export function assertLinear<R extends string>(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => Result<unknown, R>,
  each: number,
  besides = 0,
): void {
  const watched = counted(bytes)
  const [first, again] = [decode(bytes), decode(watched.bytes)]
  assert(first.ok ? again.ok : !again.ok && again.reason === first.reason, 'a verdict does not depend on where the bytes lie')
  assert(watched.reads <= each * (bytes.length + 64) + besides, 'work is in proportion to the bytes')
}
