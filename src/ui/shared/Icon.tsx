/** The interface's own small pictures, drawn with one pen: 20 units square, lines of 1.6. They say nothing to a screen reader. */
const PATHS = {
  tab: 'M3 6.5V5a1.5 1.5 0 0 1 1.5-1.5h4L10 6.5h5.5A1.5 1.5 0 0 1 17 8v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15V6.5zM10 9.2v4.6M7.7 11.5h4.6',
  node: 'M8 5.2a2.4 2.4 0 1 1-4.8 0a2.4 2.4 0 0 1 4.8 0zM8 14.8a2.4 2.4 0 1 1-4.8 0a2.4 2.4 0 0 1 4.8 0zM5.6 7.6v4.8M14.5 7v6M11.5 10h6',
  link: 'M8.4 11.6a3 3 0 0 0 4.3 0l2.9-2.9a3 3 0 0 0-4.3-4.3l-.9.9M11.6 8.4a3 3 0 0 0-4.3 0l-2.9 2.9a3 3 0 0 0 4.3 4.3l.9-.9',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  close: 'M5 5l10 10M15 5L5 15',
  reload: 'M15.8 8.2A6 6 0 1 0 16 11.4M16.2 4v4.4h-4.4',
  search: 'M13.5 8.7a4.8 4.8 0 1 1-9.6 0a4.8 4.8 0 0 1 9.6 0zM12.2 12.2l4.3 4.3',
  left: 'M12 5L7 10l5 5',
  right: 'M8 5l5 5-5 5',
  down: 'M10 4v11.5M5.2 11L10 15.8L14.8 11',
  up: 'M10 16V4.5M5.2 9L10 4.2L14.8 9',
  send: 'M10 16V4.5M5.2 9.2L10 4.4l4.8 4.8',
  peers:
    'M10 6.2a2.2 2.2 0 1 1-4.4 0a2.2 2.2 0 0 1 4.4 0zM17 13.8a2.2 2.2 0 1 1-4.4 0a2.2 2.2 0 0 1 4.4 0zM7.4 13.8a2.2 2.2 0 1 1-4.4 0a2.2 2.2 0 0 1 4.4 0zM7 8.2l-1.2 3.5M9.6 7.7l3.8 4.5M7.4 13.8h5.2',
  key: 'M9.6 7.3a3.1 3.1 0 1 1-6.2 0a3.1 3.1 0 0 1 6.2 0zM8.9 9.3l7.3 7.2M13.5 13.8l2-2M11.3 11.6l1.6-1.6',
  rooms: 'M3.5 4.5h5v5h-5zM11.5 4.5h5v5h-5zM3.5 12h5v4h-5zM11.5 12h5v4h-5z',
  help: 'M7.4 7.6a2.6 2.6 0 1 1 3.8 2.3c-.8.4-1.2.9-1.2 1.9M10 14.7v.2',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}

/** The mark: a hash sign, woven. Each thread passes over one and under the other. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <g fill="none" strokeWidth="3.8" strokeLinecap="round">
        <path className="mark-warp" d="M11 4V16.2M11 25.8V28M21 4V6.2M21 15.8V28" />
        <path className="mark-weft" d="M4 11H6.2M15.8 11H28M4 21H16.2M25.8 21H28" />
      </g>
    </svg>
  )
}
