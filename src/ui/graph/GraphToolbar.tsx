/** Size, follow, show all, zoom, legend: the buttons at the graph's corner. */
import type { Followed, GraphInput } from '../../graph/feed.ts'
import { GraphIcon } from './GraphIcons.tsx'
import { graphMessages } from './graph-messages.ts'

const text = graphMessages.toolbar

/** One press of + or −. */
export const ZOOM_STEP = 1.5

interface ToolbarProps {
  readonly following: Followed
  readonly legend: boolean
  readonly large: boolean
  onInput(input: GraphInput): void
  onZoom(factor: number): void
  onLegend(open: boolean): void
  onLarge(large: boolean): void
}

export function GraphToolbar({ following, legend, large, onInput, onZoom, onLegend, onLarge }: ToolbarProps) {
  const button = (
    name: Parameters<typeof GraphIcon>[0]['name'],
    label: string,
    onClick: () => void,
    pressed?: boolean,
    className?: string,
  ) => (
    <button type="button" className={className} aria-label={label} title={label} aria-pressed={pressed} onClick={onClick}>
      <GraphIcon name={name} />
    </button>
  )
  const follow = (what: NonNullable<Followed>, name: Parameters<typeof GraphIcon>[0]['name'], label: string, className?: string) =>
    button(name, label, () => onInput({ type: 'follow', what: following === what ? null : what }), following === what, className)
  return (
    <div className="graph-toolbar" role="toolbar" aria-label={text.name}>
      {button(large ? 'reduce' : 'enlarge', large ? text.reduce : text.enlarge, () => onLarge(!large), undefined, 'graph-size')}
      {follow('newest', 'follow', text.follow)}
      {follow('all', 'fit', text.fit, 'graph-more')}
      {button('zoomIn', text.zoomIn, () => onZoom(ZOOM_STEP), undefined, 'graph-zoom')}
      {button('zoomOut', text.zoomOut, () => onZoom(1 / ZOOM_STEP), undefined, 'graph-zoom')}
      {button('legend', text.legend, () => onLegend(!legend), legend, 'graph-more')}
    </div>
  )
}
