/**
 * The focus is never lost. When what had it is disabled, or taken out of the page (a place is closed, a card, a node, the screen on which a room was begun), it goes
 * to the nearest part of the page that is still there, or else to where one types. Without this it would be on the document: what a person types then is
 * lost, or taken for shortcuts.
 */
import { useEffect } from 'react'

const FOCUSABLE = '[tabindex="0"], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select, a[href]'

/** Whether what a person points with opens no keyboard on the screen. */
export const isExact = (): boolean => matchMedia('(pointer: fine)').matches

/** Where one types; with fingers, what one reads, since the focus would open the keyboard. */
function home(): HTMLElement | null {
  const console = document.querySelector('.console[data-focused="true"]') ?? document.querySelector('.console')
  return console?.querySelector<HTMLElement>(isExact() ? '.composer textarea' : '.history') ?? null
}

/** Whether an element cannot have the focus any more. Browsers find that out at different times. */
const isOut = (element: Element | undefined): boolean => element === undefined || !element.isConnected || element.matches(':disabled')

/** Nothing has the focus, or something that will lose it. */
const isLost = (): boolean => document.activeElement === document.body || isOut(document.activeElement ?? undefined)

/** The first of these that is still in the page, or what in it can have the focus. */
function nearest(path: readonly HTMLElement[]): HTMLElement | null {
  for (const each of path) {
    if (!each.isConnected || each.contains(document.querySelector('main'))) continue
    const found = each.matches(FOCUSABLE) ? each : each.querySelector<HTMLElement>(FOCUSABLE)
    if (found !== null) return found
  }
  return home()
}

export function useKeptFocus(): void {
  useEffect(() => {
    /** What had the focus last, and what it was in, from the inside out. */
    let path: readonly HTMLElement[] = pathOf(document.activeElement)
    let timer: ReturnType<typeof setTimeout> | undefined
    const onFocus = ({ target }: FocusEvent): void => void (path = pathOf(target))
    const keep = (): void => {
      timer = undefined
      if (!isLost() || !isOut(path[0])) return
      // Fingers need no frame that shows where the keyboard is.
      nearest(path)?.focus({ preventScroll: true, ...(!isExact() && { focusVisible: false }) })
    }
    // After those who give the focus back themselves.
    const observer = new MutationObserver(() => {
      if (isLost()) timer ??= setTimeout(keep)
    })
    observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] })
    document.addEventListener('focusin', onFocus)
    return () => {
      clearTimeout(timer)
      observer.disconnect()
      document.removeEventListener('focusin', onFocus)
    }
  }, [])
}

function pathOf(target: EventTarget | null): HTMLElement[] {
  const path: HTMLElement[] = []
  for (let at = target; at instanceof HTMLElement && at !== document.body; at = at.parentElement) path.push(at)
  return path
}
