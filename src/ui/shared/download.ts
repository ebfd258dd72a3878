/** The browser needs the address until it has begun to read it (ms). */
const ADDRESS_KEPT_FOR = 60_000

/** Gives bytes to the person as a file of this name. */
export function download(bytes: Uint8Array, name: string): void {
  const address = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), ADDRESS_KEPT_FOR)
}
