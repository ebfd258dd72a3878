/** The one menu: the other places, and the colours. Arrows walk it, Escape and a click elsewhere close it. */
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { Icon, type IconName } from '../shared/Icon.tsx'
import { messages } from '../messages.ts'
import { usePage } from '../state/bindings.ts'
import type { Place } from '../state/page.ts'
import { THEMES, useTheme } from '../theme.ts'

const text = messages.menu

const ITEMS: readonly (readonly [Place, IconName])[] = [
  ['share', 'link'],
  ['peers', 'peers'],
  ['node', 'key'],
  ['rooms', 'rooms'],
  ['help', 'help'],
]

export function Menu({ onClose }: { onClose(): void }) {
  const page = usePage()
  const [theme, setTheme] = useTheme()
  const menu = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const before = document.activeElement
    menu.current!.querySelector('button')!.focus()
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
    const items = Array.from(menu.current!.querySelectorAll('button'))
    const at = items.indexOf(document.activeElement as HTMLButtonElement)
    items[(at + step + items.length) % items.length]!.focus()
  }

  const go = (place: Place): void => {
    page.show(place)
    onClose()
  }

  return (
    <div className="menu" role="menu" aria-label={messages.header.menu} ref={menu} onKeyDown={onKeyDown}>
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
