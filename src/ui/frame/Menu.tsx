/** The one menu: the other places, and the colours, which stand in a row. Arrows walk it, Escape and a click elsewhere close it. */
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

/** By key: whether it moves in the row of colours, and how far. */
const STEPS: Readonly<Record<string, readonly [isInRow: boolean, step: 1 | -1]>> = {
  ArrowDown: [false, 1],
  ArrowUp: [false, -1],
  ArrowRight: [true, 1],
  ArrowLeft: [true, -1],
}

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
    const [isInRow, step] = STEPS[event.key] ?? [false, 0]
    if (step === 0) return
    event.preventDefault()
    const items = itemsOf(menu.current!)
    const at = document.activeElement as HTMLButtonElement
    const row = items.filter((item) => item.matches('[role="menuitemradio"]'))
    // Up and down the row is one stop: where one is in it, or else what is chosen.
    const stop = row.includes(at) ? at : row.find((item) => item.matches('[aria-checked="true"]'))
    const stops = isInRow ? row : items.filter((item) => item === stop || !row.includes(item))
    if (stops.includes(at)) stops[(stops.indexOf(at) + step + stops.length) % stops.length]!.focus()
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
