/**
 * Bytes that count how often they are read, so that work is measured without a clock. Views of them count too, copies do not.
 * They lie inside a larger array, as bytes off a wire do: whoever reads past them, or from the array's beginning, reads the wrong ones.
 */
import { concatBytes } from '../../core/bytes.ts'

export interface Counted {
  readonly bytes: Uint8Array
  readonly reads: number
}

const AROUND = new Uint8Array(5).fill(0x81)

export function counted(bytes: Uint8Array): Counted {
  let reads = 0
  const count = (target: Uint8Array): Uint8Array =>
    new Proxy(target, {
      get(_, key) {
        if (key === 'subarray') return (from?: number, to?: number) => count(target.subarray(from, to))
        const value: unknown = Reflect.get(target, key, target)
        if (typeof value === 'number' && key !== 'length' && key !== 'byteOffset' && key !== 'byteLength') reads++
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
  return {
    bytes: count(concatBytes([AROUND, bytes, AROUND]).subarray(AROUND.length, AROUND.length + bytes.length)),
    get reads() {
      return reads
    },
  }
}
