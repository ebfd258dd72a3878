import type { Body } from './body.ts'

/** The text of a body, as people read it: a message's text, a room's name, edits in short. Any text, of one line or many; "" for a merge. */
export function textOf(body: Body): string {
  switch (body.kind) {
    case 'genesis':
      return body.name
    case 'message':
      return body.text
    case 'merge':
      return ''
    case 'patch':
      return body.patches
        .map(
          ({ position, deleted, inserted }) =>
            `@${position}${deleted > 0 ? ` −${deleted}` : ''}${inserted === '' ? '' : ` +“${inserted}”`}`,
        )
        .join(' · ')
  }
}
