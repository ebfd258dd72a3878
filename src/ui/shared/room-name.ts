/** A room's name, as it is shown. */
import type { Hex } from '../../worker/api.ts'
import { messages } from '../messages.ts'
import { shortId } from './AuthorMark.tsx'

/** Of a room without a name, or one that has not arrived yet, its id in short: its node does not know the name. */
export const shownRoomName = ({ roomName, room }: { readonly roomName: string; readonly room: Hex }): string =>
  roomName === '' ? messages.room.nameless(shortId(room)) : roomName
