import { describe, expect, test } from 'vitest'
import type { PathStatus } from '../../worker/api.ts'
import { troubleInWords } from '../refusal-messages.ts'
import { troubleOf } from './reach.ts'

const pathOf = (path: PathStatus['path'], state: PathStatus['state'], cut = false, detail = ''): PathStatus => ({
  path,
  state,
  detail,
  cut,
  hindrance: { delay: 0, loss: 0 },
  sent: 0,
  received: 0,
})

/** What the node's bar says of these paths. */
function said(...paths: readonly PathStatus[]): string | null {
  const trouble = troubleOf({ offline: false, paths })
  return trouble === null ? null : troubleInWords(trouble)
}

const TABS = pathOf('broadcast', 'open')
const NOBODY_DIRECT = pathOf('webrtc', 'connecting')
const DIRECT = pathOf('webrtc', 'open')
const RELAY = pathOf('relay', 'open')
const RELAY_DOWN = pathOf('relay', 'down')

describe('what is said of the paths of a node', () => {
  test('nothing while all that can be open are, or are being opened, and while it is offline', () => {
    expect(said(TABS, NOBODY_DIRECT, RELAY)).toBe(null)
    expect(said(TABS, DIRECT, RELAY)).toBe(null)
    expect(said(TABS, NOBODY_DIRECT, pathOf('relay', 'connecting'))).toBe(null)
    // A page without a relay.
    expect(said(TABS, NOBODY_DIRECT)).toBe(null)
    expect(troubleOf({ offline: true, paths: [pathOf('broadcast', 'down'), RELAY_DOWN] })).toBe(null)
    // It is online again, and about to open them.
    expect(said(pathOf('broadcast', 'down', false, 'offline'), pathOf('relay', 'down', false, 'offline'))).toBe(null)
  })

  test('that the relay is gone, and what is left', () => {
    expect(said(TABS, NOBODY_DIRECT, RELAY_DOWN)).toBe('No connection to the relay. Still open: tabs of this browser.')
    expect(said(TABS, DIRECT, RELAY_DOWN)).toBe('No connection to the relay. Still open: tabs of this browser, direct connections.')
  })

  test('what a person has cut, told apart from what is down', () => {
    const cut = (path: PathStatus['path']): PathStatus => pathOf(path, 'down', true)
    expect(said(TABS, NOBODY_DIRECT, cut('relay'))).toBe('You cut the path “relay”. Still open: tabs of this browser.')
    expect(said(cut('broadcast'), cut('webrtc'), RELAY)).toBe('You cut the paths “same browser” and “direct”. Still open: the relay.')
    expect(said(cut('broadcast'), NOBODY_DIRECT, RELAY_DOWN)).toBe(
      'No connection to the relay. You cut the path “same browser”. No path is open.',
    )
  })

  test('that no path is open, but not while one is being opened', () => {
    const cut = (path: PathStatus['path']): PathStatus => pathOf(path, 'down', true)
    expect(said(cut('broadcast'), cut('webrtc'), cut('relay'))).toBe(
      'You cut the paths “same browser”, “direct”, and “relay”. No path is open.',
    )
    expect(said(cut('broadcast'), NOBODY_DIRECT, pathOf('relay', 'connecting'))).toBe('You cut the path “same browser”.')
  })
})
