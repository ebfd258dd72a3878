/**
 * A path to other nodes of the room: BroadcastChannel inside a browser, WebRTC or the relay's socket between devices. A transport moves
 * opaque frames (`net/envelope`) to everybody on the same path. It knows no ops and no keys and, except for WebRTC, no peers.
 *
 * Guarantees of every adapter (checked by `transport.contract.ts`):
 *  - A frame arrives whole or not at all; it may be lost, repeated or late. Nothing is queued while not open.
 *  - A sender does not hear its own frames.
 *  - `send` never throws; it answers false when the frame was dropped here (not open, too large, too far behind).
 *  - After `close` no callback is called.
 */

export type Path = 'broadcast' | 'webrtc' | 'relay' | 'memory'

export type TransportState = 'connecting' | 'open' | 'down'

export interface TransportEvents {
  /** `by`: the sender value (hex) of the node that handed the frame over, if that is proven. The frame itself says which node made it. */
  onFrame(frame: Uint8Array, by?: string): void
  /** `detail` is a short reason for people when the state is "down" (for example "refused", "lost"). */
  onState(state: TransportState, detail: string): void
}

export interface Transport {
  readonly path: Path
  /** The state last reported. */
  readonly state: TransportState
  /**
   * Sends one frame to everybody on this path. If each peer has a channel of its own: only on that of `to` (a sender value, hex).
   * `by`: the sender value of the peer for whom this node forwards the frame. Such a frame stands behind this node's own.
   */
  send(frame: Uint8Array, to?: string | null, by?: string): boolean
  /**
   * Bytes accepted and not yet handed to the network that stand before the next frame to `to` (a sender value, hex). Bulk waits for them.
   * 0 where unknown.
   */
  buffered(to: string): number
  /**
   * The network, the device or the person is back. An open transport has to show soon that it still works; another one tries to open at
   * once.
   */
  wake?(): void
  close(): void
}

export type OpenTransport = (events: TransportEvents) => Transport

/** Bytes of one frame: the largest unit, its signatures and the envelope, and no more. */
export const MAX_FRAME_BYTES = 1_310_720
