/** Follow, show all, zoom, legend: the buttons at the graph's corner. */
import type { GraphInput } from '../../graph/feed.ts'
import { GraphIcon } from './GraphIcons.tsx'
import { graphMessages } from './graph-messages.ts'

const text = graphMessages.toolbar

/** One press of + or −. */
export const ZOOM_STEP = 1.5

interface ToolbarProps {
  readonly following: boolean
  readonly legend: boolean
  onInput(input: GraphInput): void
  onZoom(factor: number): void
  onLegend(open: boolean): void
}

export function GraphToolbar({ following, legend, onInput, onZoom, onLegend }: ToolbarProps) {
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
  return (
    <div className="graph-toolbar" role="toolbar" aria-label={text.name}>
      {button('follow', text.follow, () => onInput({ type: 'follow', on: !following }), following)}
      {button('fit', text.fit, () => onInput({ type: 'fit' }))}
      {button('zoomIn', text.zoomIn, () => onZoom(ZOOM_STEP), undefined, 'graph-zoom')}
      {button('zoomOut', text.zoomOut, () => onZoom(1 / ZOOM_STEP), undefined, 'graph-zoom')}
      {button('legend', text.legend, () => onLegend(!legend), legend)}
    </div>
  )
}
