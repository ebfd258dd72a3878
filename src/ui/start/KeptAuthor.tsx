/** A node that this browser has kept, in words: its nickname, the name that it has told in its room, and the beginning of its key. */
import type { KeptNode } from '../../worker/api.ts'
import { AuthorName, ChosenName, Id, shortId } from '../shared/AuthorMark.tsx'
import { toldNameOf } from '../state/kept-names.ts'

export function KeptAuthor({ id, linkId }: Pick<KeptNode, 'id' | 'linkId'>) {
  return (
    <>
      <AuthorName author={id} /> <ChosenName name={toldNameOf({ linkId, node: id })} /> <Id>{shortId(id)}</Id>
    </>
  )
}
