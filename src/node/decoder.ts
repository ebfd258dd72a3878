/** Decodes bundles: inflates them, rebuilds their ops, and hashes these. This is most of the work of joining a room. */
import type { BundleLimits } from '../sync/bundle.ts'
import { rebuild, type Rebuilt } from '../sync/rebuild.ts'
import { inflate } from './deflate.ts'

export interface Decoder {
  /** The content of a deflated bundle. Takes any bytes. @param most what the bundle may hold */
  decode(deflated: Uint8Array, most: BundleLimits): Promise<Rebuilt>
  /** Ends it: nothing is asked of it any more. */
  close(): void
}

/** In this thread. */
export const createDecoder = (): Decoder => ({
  decode: async (deflated, most) => rebuild(await inflate(deflated, most.bytes), most),
  close() {},
})
