/** Texts of the scanner of codes; loaded with it. */

export const scanMessages = {
  open: 'Scan a code',
  picture: 'What the camera sees',
  looking: 'Point the camera at the code on the other device.',
  stop: 'Stop',
  refused: 'The camera was refused. Allow it in the browser’s settings for this address, or paste the text instead.',
  missing: 'This device has no camera that can be used. Paste the text instead.',
} as const
