/** Values that a body can hold. Maps are `Map`s, so that `__proto__` is a key like any other. */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[] | ReadonlyMap<string, Value>
