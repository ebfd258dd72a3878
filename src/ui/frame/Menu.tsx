/** The one menu: the other places, and the colours. Arrows walk it, Escape and a click elsewhere close it. */
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { Icon, type IconName } from '../shared/Icon.tsx'
import { messages } from '../messages.ts'
import { usePage } from '../state/bindings.ts'
import type { Place } from '../state/page.ts'
import { THEMES, useTheme } from '../theme.ts'

const text = messages.menu

/** What is in the bar where that has room for it. */
export interface MenuAction {
  readonly name: string
  readonly icon: IconName
  act(): void
}

const ITEMS: readonly (readonly [Place, IconName])[] = [
  ['share', 'link'],
  ['peers', 'peers'],
  ['node', 'key'],
  ['rooms', 'rooms'],
  ['help', 'help'],
]

export function Menu({ actions, onClose }: { readonly actions: readonly MenuAction[]; onClose(): void }) {
  const page = usePage()
  const [theme, setTheme] = useTheme()
  const menu = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const before = document.activeElement
    itemsOf(menu.current!)[0]!.focus()
    const onPointerDown = (event: PointerEvent): void => {
      const target = event.target as Element
      if (!menu.current!.contains(target) && target.closest('[aria-haspopup="menu"]') === null) onClose()
    }
    document.addEventListener('pointerdown', onPointerDown)
    return () => {
      document.removeEventListener('pointerdown', onPointerDown)
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus()
    }
  }, [onClose])

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      return onClose()
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const items = itemsOf(menu.current!)
    const at = items.indexOf(document.activeElement as HTMLButtonElement)
    items[(at + step + items.length) % items.length]!.focus()
  }

  const go = (place: Place): void => {
    page.show(place)
    onClose()
  }

  return (
    <div className="menu" role="menu" aria-label={messages.header.menu} ref={menu} onKeyDown={onKeyDown}>
      {actions.map(({ name, icon, act }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          className="menu-action"
          onClick={() => {
            act()
            onClose()
          }}
        >
          <Icon name={icon} />
          {name}
        </button>
      ))}
      {ITEMS.map(([place, icon]) => (
        <button key={place} type="button" role="menuitem" onClick={() => go(place)}>
          <Icon name={icon} />
          {text[place]}
        </button>
      ))}
      <div className="menu-colours" role="group" aria-label={text.theme}>
        {THEMES.map((one) => (
          <button key={one} type="button" role="menuitemradio" aria-checked={theme === one} onClick={() => setTheme(one)}>
            {text[one]}
          </button>
        ))}
      </div>
    </div>
  )
}

const itemsOf = (menu: HTMLElement): HTMLButtonElement[] =>
  Array.from(menu.querySelectorAll('button')).filter((item) => item.checkVisibility())
