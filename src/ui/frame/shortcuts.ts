/** Keys that work anywhere on the page, and not while somebody types. */
import { useEffect } from 'react'
import { isComposing } from '../shared/keys.ts'
import { usePage } from '../state/bindings.ts'
import { selectedOf } from '../state/page.ts'

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** In what is empty a person has nothing to lose by leaving it. */
const isEmptyField = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && 'value' in target && target.value === ''

/** `/` search, `?` help, `L` live, `Esc` close the place, else leave an empty field of a console for its history, else clear the selection. */
export function useShortcuts(): void {
  const page = usePage()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return
      const state = page.store.getState()
      const { nodes, place } = state
      const node = selectedOf(state)
      if (event.key === 'Escape') {
        if (place !== null) page.show(null)
        else if (!typing(event.target)) node?.select(null)
        else if (isEmptyField(event.target)) event.target.closest('.console')?.querySelector<HTMLElement>('.history')?.focus()
        return
      }
      if (typing(event.target)) return
      switch (event.key) {
        case '/': {
          const fields = Array.from(document.querySelectorAll<HTMLInputElement>('[data-shortcut="/"]'))
          const field = fields[nodes.findIndex((one) => one === node)] ?? fields[0]
          if (field === undefined) return
          event.preventDefault()
          return field.focus()
        }
        case '?':
          return page.show(place === 'help' ? null : 'help')
        case 'l':
        case 'L':
          return node?.goLive()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [page])
}
