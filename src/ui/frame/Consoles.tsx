/**
 * A console for each node of the page. They stand side by side, and scroll sideways where there are more than fit: a line above them says how many are
 * out of sight. Where there is room for one (`narrow.css`), it is that of the selected node. What has the focus is in that console or in none.
 */
import { type RefObject, useEffect, useRef, useState } from 'react'
import { ConsolePlace } from '../console/ConsolePlace.tsx'
import { messages } from '../messages.ts'
import { Boundary } from '../shared/Boundary.tsx'
import { Icon } from '../shared/Icon.tsx'
import { usePage } from '../state/bindings.ts'
import type { PageNode } from '../state/page-node.ts'

const text = messages.consoles

/** A console of which less is to be seen counts as out of sight. */
const IN_SIGHT = 0.8

/** How many consoles are out of sight on either side. */
interface OutOfSight {
  readonly before: number
  readonly after: number
}

const NONE: OutOfSight = { before: 0, after: 0 }

interface ConsolesProps {
  readonly nodes: readonly PageNode[]
  readonly selected: PageNode
}

export function Consoles({ nodes, selected }: ConsolesProps) {
  const page = usePage()
  const row = useRef<HTMLDivElement>(null)
  const { before, after } = useOutOfSight(row, nodes.length)
  useSelectedInSight(row, selected.slot)
  const turn = (pages: number): void => row.current!.scrollBy({ left: pages * row.current!.clientWidth })

  return (
    <div className="consoles-frame" data-before={before > 0} data-after={after > 0}>
      {before + after > 0 && (
        <div className="consoles-more">
          {before > 0 && (
            <button type="button" onClick={() => turn(-1)}>
              <Icon name="left" />
              {text.more(before)}
            </button>
          )}
          {after > 0 && (
            <button type="button" className="consoles-after" onClick={() => turn(1)}>
              {text.more(after)}
              <Icon name="right" />
            </button>
          )}
        </div>
      )}
      <div className="consoles" ref={row}>
        {nodes.map((node) => (
          <section
            key={node.slot}
            className="console"
            data-focused={nodes.length > 1 && node === selected}
            onFocus={() => page.focus(node.slot)}
            onPointerDown={() => page.focus(node.slot)}
          >
            <Boundary>
              <ConsolePlace node={node} />
            </Boundary>
          </section>
        ))}
      </div>
    </div>
  )
}

/** How many of the `count` consoles in the row are out of sight. */
function useOutOfSight(row: RefObject<HTMLElement | null>, count: number): OutOfSight {
  const [found, setFound] = useState(NONE)
  useEffect(() => {
    const consoles = Array.from(row.current!.children)
    const isSeen = new Map<Element, boolean>()
    const observer = new IntersectionObserver(
      (changes) => {
        for (const { target, intersectionRatio } of changes) isSeen.set(target, intersectionRatio >= IN_SIGHT)
        const first = consoles.findIndex((each) => isSeen.get(each))
        const last = consoles.findLastIndex((each) => isSeen.get(each))
        setFound(first < 0 ? NONE : { before: first, after: consoles.length - 1 - last })
      },
      { root: row.current, threshold: [IN_SIGHT, 1] },
    )
    for (const each of consoles) observer.observe(each)
    return () => observer.disconnect()
  }, [row, count])
  return found
}

/** The selected node's console is scrolled to when it is selected and when the row gets another width; no other one keeps the focus. */
function useSelectedInSight(row: RefObject<HTMLElement | null>, slot: number): void {
  useEffect(() => {
    const box = row.current!
    const reveal = (): void => {
      const column = box.querySelector(':scope > [data-focused="true"]')
      if (column === null) return
      const all = box.getBoundingClientRect()
      const one = column.getBoundingClientRect()
      // Nothing else is scrolled, as `scrollIntoView` would.
      box.scrollBy({ left: Math.min(0, one.left - all.left) || Math.max(0, one.right - all.right) })
    }
    reveal()
    const focused = document.activeElement
    const around = focused?.closest('.console')
    // A press moves the focus in some browsers and not in others.
    if (focused instanceof HTMLElement && around?.getAttribute('data-focused') === 'false' && box.children.length > 1) focused.blur()
    const resized = new ResizeObserver(reveal)
    resized.observe(box)
    return () => resized.disconnect()
  }, [row, slot])
}
