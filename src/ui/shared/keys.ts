/** Keys, as all handlers read them. */

type Key = Pick<KeyboardEvent, 'isComposing' | 'keyCode'>

/** What some browsers say of a key that an input method has taken, when it has just ended. */
const TAKEN = 229

/**
 * Whether a key belongs to an input method (Chinese, Japanese, Korean, accents, dictation): Enter confirms a word there, and Escape drops it. Then it
 * neither sends, nor closes, nor clears anything.
 */
export const isComposing = (event: Key | { readonly nativeEvent: Key }): boolean => {
  const { isComposing: composes, keyCode } = 'nativeEvent' in event ? event.nativeEvent : event
  return composes || keyCode === TAKEN
}
