/**
 * Back closes the place that is open, as it does in other apps. While a place is open, the browser's session history has one item more: its
 * state names the place. A place that is closed in another way takes its item back.
 */
import { type Page, type Place, PLACES } from './page.ts'

/** The place that the current item of the session history names. */
function itemPlace(): Place | null {
  const state: unknown = history.state
  const named: unknown = typeof state === 'object' && state !== null && 'place' in state ? state.place : null
  return PLACES.find((place) => place === named) ?? null
}

/** Call it once, before a place is open. */
export function followBack(page: Page): void {
  /** `history.back()` takes its time: until then, the item that is left is still there. */
  let leaving = false
  const leave = (): void => {
    leaving = true
    history.back()
  }
  const sync = (place: Place | null): void => {
    if (leaving) return
    const item = itemPlace()
    if (place === null && item !== null) leave()
    else if (place !== null && item === null) history.pushState({ place }, '')
    else if (place !== item) history.replaceState({ place }, '')
  }
  addEventListener('popstate', () => {
    const { place } = page.store.getState()
    // What was opened meanwhile has no item yet.
    if (leaving) {
      leaving = false
      sync(place)
    } else page.show(itemPlace())
  })
  page.store.subscribe(({ place }, before) => {
    if (place !== before.place) sync(place)
  })
  // A page that is loaded again shows no place.
  sync(null)
}
