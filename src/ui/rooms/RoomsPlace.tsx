/** The kept rooms, from within one of them: another one takes its place in this tab, and the start page has the other ways. */
import { RoomList } from '../start/RoomList.tsx'
import { useKeptRooms } from '../start/use-kept-rooms.ts'
import { usePage, usePageState } from '../state/bindings.ts'
import { keepClaim } from '../state/kept.ts'
import { roomsMessages as text } from './rooms-messages.ts'

/** A page runs one room from its start to its end: another one is another start. */
function restart(fragment: string): void {
  history.replaceState(null, '', `#${fragment}`)
  location.reload()
}

export default function RoomsPlace() {
  const page = usePage()
  const kept = useKeptRooms()
  const unfolded = usePageState((state) => state.part?.name === 'nodes')
  return (
    <>
      <p className="lead">{text.lead}</p>
      <div className="row">
        <button
          type="button"
          className="button"
          onClick={() => {
            history.replaceState(null, '', location.pathname)
            location.reload()
          }}
        >
          {text.toStart}
        </button>
        <button type="button" className="button" onClick={() => page.show('share')}>
          {text.file}
        </button>
      </div>
      <RoomList
        key={String(unfolded)}
        kept={kept}
        unfolded={unfolded}
        onResume={(link, node) => {
          if (node !== null) keepClaim(link, node)
          restart(link)
        }}
      />
    </>
  )
}
