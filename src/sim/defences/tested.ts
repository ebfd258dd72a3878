import type { Defence } from '../defences.ts'

/** The test that must fail without a defence: its file, and the beginning of its name. */
export const tested = (file: string, name: string): Defence['test'] => ({ file, name })
