/** Questions to the one worker of a bench page, one after the other. */
import type { Page } from 'playwright'

declare global {
  interface Window {
    benchWorker: Worker
  }
}

/** Sends the worker a task, and gives its next message. Rejects when the worker fails. */
export const askWorker = <Task, Answer>(page: Page, task: Task): Promise<Answer> =>
  page.evaluate(
    (asked) =>
      new Promise<Answer>((resolve, reject) => {
        window.benchWorker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data)
        window.benchWorker.onerror = ({ message }) => reject(new Error(message))
        window.benchWorker.postMessage(asked)
      }),
    // Playwright's type of an argument is none of a generic one.
    task as never,
  )
