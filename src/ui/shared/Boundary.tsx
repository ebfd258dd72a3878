/**
 * What is shown in place of a part of the page that cannot be drawn: a fault of ours, a page translator that changed what React has drawn, or a part
 * of the app that could not be loaded. The node runs on in its worker; nothing that was shown as saved is lost.
 */
import { Component, lazy, type ComponentType, type ReactNode } from 'react'
import { messages } from '../messages.ts'
import { lookForUpdate } from '../service-worker.ts'

const text = messages.boundary

/** Pauses before a part of the app is asked for again (ms): a weak network is often back by then. */
const RETRY_AFTER = [500, 2_000]

class NotLoaded extends Error {}

/** A part of the app that is loaded when it is shown first. What fails is asked for again; then `Boundary` says so. */
export function lazyPart<P>(load: () => Promise<{ default: ComponentType<P> }>) {
  return lazy(async () => {
    for (const pause of RETRY_AFTER) {
      try {
        return await load()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
    return load().catch((error: unknown) => {
      // After an update the old part is gone.
      void lookForUpdate()
      throw new NotLoaded('a part of the app could not be loaded', { cause: error })
    })
  })
}

/** With another key it begins anew. */
export class Boundary extends Component<{ readonly children: ReactNode }, { error: unknown }> {
  override state: { readonly error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    const isLoading = error instanceof NotLoaded
    return (
      <div className="failed" role="alert">
        <h2>{isLoading ? text.notLoaded : text.title}</h2>
        <p>{isLoading ? text.notLoadedBody : text.body}</p>
        <div className="row">
          {!isLoading && (
            <button type="button" className="button-accent" onClick={() => this.setState({ error: null })}>
              {text.again}
            </button>
          )}
          <button type="button" className="button" onClick={() => location.reload()}>
            {text.reload}
          </button>
        </div>
      </div>
    )
  }
}
