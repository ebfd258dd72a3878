/** Texts of buttons that copy; loaded with the screens that have them. */

export const copyMessages = {
  copy: 'Copy',
  copied: 'Copied.',
  byHand: 'The browser does not let this page copy. Select the text and copy it yourself.',
} as const
