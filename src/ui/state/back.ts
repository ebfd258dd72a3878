/**
 * Back closes the place that is open, as it does in other apps. While a place is open, the tab's history has one entry more than without:
 * its state names the place. A place that is closed in another way takes its entry back.
 */
import { type Page, type Place, PLACES } from './page.ts'

/** The place whose entry the tab's history is at. */
function entryPlace(): Place | null {
  const state: unknown = history.state
  const named: unknown = typeof state === 'object' && state !== null && 'place' in state ? state.place : null
  return PLACES.find((place) => place === named) ?? null
}

/** Call it once, before a place is open. */
export function followBack(page: Page): void {
  /** `history.back()` takes its time: until then, the entry that is left is still there. */
  let leaving = false
  const leave = (): void => {
    leaving = true
    history.back()
  }
  const sync = (place: Place | null): void => {
    if (leaving) return
    const entry = entryPlace()
    if (place === null && entry !== null) leave()
    else if (place !== null && entry === null) history.pushState({ place }, '')
    else if (place !== entry) history.replaceState({ place }, '')
  }
  addEventListener('popstate', () => {
    const { place } = page.store.getState()
    // What was opened meanwhile has no entry yet.
    if (leaving) {
      leaving = false
      sync(place)
    } else page.show(entryPlace())
  })
  page.store.subscribe(({ place }, before) => {
    if (place !== before.place) sync(place)
  })
  // A page that is loaded again shows no place.
  sync(null)
}
