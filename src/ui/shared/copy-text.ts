/** Puts a text where a person can paste it from; false where the browser does not let a page do that. */
export async function copyText(words: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words)
    return true
  } catch {
    return false
  }
}
