/** Playwright's `expect`, whose `poll` asks again soon: Playwright's own waits for up to a second after each look. */
import { expect as base } from '@playwright/test'

/** How long to wait after the first look, the second, …, and after each one that follows (ms). A look costs 2 ms. */
const INTERVALS = [20, 50, 100]

const poll: typeof base.poll = (look, options) =>
  base.poll(look, { intervals: INTERVALS, ...(typeof options === 'string' ? { message: options } : options) })

export const expect: typeof base = new Proxy(base, {
  get: (target, name, receiver): unknown => (name === 'poll' ? poll : Reflect.get(target, name, receiver)),
})
