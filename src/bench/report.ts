/** What a benchmark says: rows of one form, as JSON for programs and as a table for people. */
import { greatestOf, leastOf } from '../core/lists.ts'

export interface Row {
  readonly measure: string
  readonly params: Readonly<Record<string, string | number>>
  readonly unit: string
  readonly better: 'higher' | 'lower'
  /** Median of the runs; null when it could not be measured, and `absent` says why. */
  readonly ours: number | null
  /** Least and greatest of the runs. */
  readonly spread?: readonly [number, number]
  /** Medians of others doing the same work in the same run; `bare` is a program that does only the main step. */
  readonly peers: Readonly<Record<string, number>>
  readonly absent?: Readonly<Record<string, string>>
}

export interface Report {
  readonly suite: string
  readonly commit: string
  readonly machine: string
  readonly rows: readonly Row[]
}

/** What a suite gives: its rows, and sentences about what they assume. */
export interface SuiteResult {
  readonly rows: readonly Row[]
  readonly assumptions: readonly string[]
}

export function median(runs: readonly number[]): number {
  const sorted = runs.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A row of several runs. */
export function rowOf(
  about: Pick<Row, 'measure' | 'params' | 'unit' | 'better'>,
  runs: readonly number[],
  peers: Readonly<Record<string, readonly number[]>> = {},
): Row {
  const spread = [round(leastOf(runs)), round(greatestOf(runs))] as const
  const medians = Object.entries(peers).map(([name, theirs]) => [name, round(median(theirs))])
  return { ...about, ours: round(median(runs)), spread, peers: Object.fromEntries(medians) as Row['peers'] }
}

/** A row of what could not be measured, and a sentence that says why. */
export const absentRow = (about: Pick<Row, 'measure' | 'params' | 'unit' | 'better'>, why: string): Row => ({
  ...about,
  ours: null,
  peers: {},
  absent: { ours: why },
})

/** Three figures are more than a benchmark knows. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
}

const COLUMNS = ['measure', 'of', 'ours', 'spread', 'unit', 'beside it'] as const

/** A Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ measure, params, unit, better, ours, spread, peers, absent = {} }) => [
    measure,
    Object.entries(params)
      .map(([name, value]) => `${name} ${show(value)}`)
      .join(', '),
    ours === null ? '–' : `**${show(ours)}**`,
    spread ? `${show(spread[0])} … ${show(spread[1])}` : '',
    `${unit}, ${better} is better`,
    [
      ...Object.entries(peers).map(([name, value]) => `${name} ${show(value)}`),
      ...Object.entries(absent).map(([name, why]) => `${name}: ${why}`),
    ].join('; '),
  ])
  const text = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [text(COLUMNS), text(COLUMNS.map(() => '---')), ...lines.map(text)].join('\n')
}

const show = (value: string | number): string => (typeof value === 'number' ? value.toLocaleString('en-US') : value)
