/** Which peers go before others: those of authors with ops here, the earliest first. */
import type { MemberId } from './members.ts'
import type { DirectState } from './state.ts'

/** The place of the peer's author among all authors with ops here, 0 the first; null: a newcomer. */
export function seniorityOf({ host }: DirectState, peer: MemberId | null): number | null {
  const author = peer === null ? null : (host?.authorOf(peer) ?? null)
  return author === null ? null : host!.seniorityOf(author)
}

/** Newcomers are worth 0. The earlier a known author's first op came, the more it is worth. */
export const worth = (seniority: number | null): number => (seniority === null ? 0 : 1 / (1 + seniority))
