/**
 * A way to other nodes of the room: BroadcastChannel inside a browser, WebRTC or the relay's socket between devices. A transport
 * moves opaque frames (`net/envelope`) to everybody on the same path; it knows no ops, no keys and, but for WebRTC, no peers.
 *
 * Guarantees every adapter gives (checked by `transport.contract.ts`):
 *  - A frame arrives whole or not at all; it may be lost, repeated or late. Nothing is queued while not open.
 *  - A sender does not hear its own frames.
 *  - `send` never throws; it answers false when the frame was dropped here (not open, too large, too far behind).
 *  - After `close` no callback is called.
 */

export type Path = 'broadcast' | 'webrtc' | 'relay' | 'memory'

export type TransportState = 'connecting' | 'open' | 'down'

export interface TransportEvents {
  /** `by`: the sender value (hex) of who handed it over, where that is proven; whose frame it is, it says itself. */
  onFrame(frame: Uint8Array, by?: string): void
  /** `detail` is a short reason for people when the state is "down" (for example "refused", "lost"). */
  onState(state: TransportState, detail: string): void
}

export interface Transport {
  readonly path: Path
  /** The state last reported. */
  readonly state: TransportState
  /** Sends one frame to everybody on this path; where each has a channel of its own, on that of `to` (a sender value, hex) alone. */
  send(frame: Uint8Array, to?: string | null): boolean
  /** Bytes accepted and not yet handed to the network, before what goes to `to` (a sender value, hex): back-pressure for bulk. 0 where unknown. */
  buffered(to: string): number
  /** The network, the device or the person is back. One that is open has to show soon that it still is; one that is not tries at once. */
  wake?(): void
  close(): void
}

export type OpenTransport = (events: TransportEvents) => Transport

/** One frame: a unit at its largest, its signatures and the envelope, and no more (bytes). */
export const MAX_FRAME_BYTES = 1_310_720
