/** The name of an exported room's file: its room's name with only what every file system takes, then ".tabweave". */

/** Longer names are cut; some file systems take 255 bytes (characters). */
const MAX_NAME = 60

export function fileNameOf(roomName: string): string {
  const name = Array.from(roomName.replace(/[^\p{L}\p{N}]+/gu, '-'))
    .slice(0, MAX_NAME)
    .join('')
    .replace(/^-|-$/g, '')
  return `${name === '' ? 'room' : name}.tabweave`
}
