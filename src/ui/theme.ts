/** Light, dark, or what the system says: kept for this browser, carried by `data-theme` on <html>. */
import { useState } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof THEMES)[number]

const KEY = 'tabweave.theme'

function keptTheme(): ThemeChoice {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system'
  } catch {
    return 'system'
  }
}

function showTheme(theme: ThemeChoice): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Shows the kept choice; called once, before the first picture. */
export const startTheme = (): void => showTheme(keptTheme())

export function useTheme(): readonly [ThemeChoice, (theme: ThemeChoice) => void] {
  const [theme, setTheme] = useState(keptTheme)
  const choose = (next: ThemeChoice): void => {
    setTheme(next)
    showTheme(next)
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // Shown all the same; it is forgotten with the tab.
    }
  }
  return [theme, choose]
}
