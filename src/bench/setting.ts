/** What every suite is given. */
import type { BenchBrowser, BenchSetting } from './browser.ts'
import type { SuiteResult } from './report.ts'

export interface SuiteSetting extends BenchSetting {
  /** Measured runs of each thing; one more before them warms up. */
  readonly runs: number
  /** Of a suite that has many cases, the name of the only one to run; null: all. */
  readonly only: string | null
  /** Where downloads are kept. */
  readonly cache: string
  /** Opened once for all suites, by the first that wants it. */
  browser(): Promise<BenchBrowser>
  /** Tells people how far it is; never on standard output. */
  say(line: string): void
}

export type Suite = (setting: SuiteSetting) => Promise<SuiteResult>

export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
