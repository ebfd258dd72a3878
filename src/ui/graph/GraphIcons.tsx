/** The graph's own small pictures, drawn with the pen of `shared/Icon.tsx`: 20 units square, lines of 1.6. */
const PATHS = {
  follow: 'M10 3.5v9M6 9l4 4 4-4M4.5 16.5h11',
  fit: 'M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13M7.5 10h5',
  zoomIn: 'M10 4.5v11M4.5 10h11',
  zoomOut: 'M4.5 10h11',
  enlarge: 'M6 7.5L10 3.5l4 4M6 12.5l4 4l4-4',
  reduce: 'M6 3.5l4 4l4-4M6 16.5l4-4l4 4',
  legend: 'M4 5.5h.01M8 5.5h8M4 10h.01M8 10h8M4 14.5h.01M8 14.5h8',
  close: 'M5 5l10 10M15 5L5 15',
} as const

export function GraphIcon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg className="graph-icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
