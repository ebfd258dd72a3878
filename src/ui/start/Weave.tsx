/** The picture on the Start place: three nodes' threads, each op knowing what came before, ending up as one cloth. */

/** A thread: its colour's name, and its course. */
const THREADS = [
  ['indigo', 'M6 34H74C104 34 104 82 134 82H196C226 82 226 34 256 34H474'],
  ['verdigris', 'M6 82H84C114 82 114 130 144 130H246C276 130 276 82 306 82H474'],
  ['weld', 'M6 130H64C104 130 124 34 164 34H206C236 34 246 130 296 130H474'],
] as const

/** Ops: where they sit, and whose they are. */
const OPS = [
  ['indigo', 36, 34],
  ['indigo', 166, 82],
  ['indigo', 300, 34],
  ['indigo', 392, 34],
  ['verdigris', 50, 82],
  ['verdigris', 190, 130],
  ['verdigris', 346, 82],
  ['verdigris', 430, 82],
  ['weld', 24, 130],
  ['weld', 186, 34],
  ['weld', 330, 130],
  ['weld', 410, 130],
] as const

const SHAPES = {
  indigo: (x: number, y: number) => <circle cx={x} cy={y} r="7" />,
  verdigris: (x: number, y: number) => <path d={`M${x - 6.5} ${y - 6.5}h13v13h-13z`} />,
  weld: (x: number, y: number) => <path d={`M${x} ${y - 9}l9 9-9 9-9-9z`} />,
}

export function Weave() {
  return (
    <svg className="weave" viewBox="0 0 480 164" aria-hidden="true">
      {THREADS.map(([colour, course]) => (
        <g key={colour} className={`weave-${colour}`}>
          <path className="weave-gap" d={course} />
          <path className="weave-thread" d={course} pathLength="1" />
        </g>
      ))}
      <path className="weave-agree" d="M470 16V148" />
      {OPS.map(([colour, x, y]) => (
        <g key={`${x}/${y}`} className={`weave-${colour} weave-op`}>
          {SHAPES[colour](x, y)}
        </g>
      ))}
    </svg>
  )
}
