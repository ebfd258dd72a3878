/** Texts of the screen of rooms; loaded with it. */

export const roomsMessages = {
  lead: 'If you open another room, it replaces this one in this tab. This node is kept: you can come back to it with the room’s link, or from this list. On the start page you can create a room, join one, or forget this one.',
  toStart: 'Go to the start page',
  file: 'Export this room, or import a file',
} as const
