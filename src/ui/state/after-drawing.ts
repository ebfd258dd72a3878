/** A hidden page gets no frames of the screen. So `afterDrawing` waits for one no longer than this (ms). */
const LONGEST_FRAME = 1_000

/** Calls `then` once the page has drawn what has changed. Frames begin with their callbacks: a task after one runs when it is drawn. */
export function afterDrawing(then: () => void): void {
  const end = (): void => {
    clearTimeout(timer)
    cancelAnimationFrame(frame)
    then()
  }
  let timer = setTimeout(end, LONGEST_FRAME)
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer)
    timer = setTimeout(end)
  })
}
