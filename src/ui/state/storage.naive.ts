/** A storage as browsers have it, in memory, for tests. */

/** Its keys are its own properties, as `Object.keys` wants them. @param most characters of keys and values that it takes */
export function createStorage(contents: Readonly<Record<string, string>> = {}, most = Infinity): Storage {
  const methods = {
    getItem(this: Record<string, string>, key: string): string | null {
      return Object.hasOwn(this, key) ? this[key]! : null
    },
    setItem(this: Record<string, string>, key: string, value: string): void {
      const others = Object.entries(this).filter(([other]) => other !== key)
      if (others.flat().join('').length + key.length + value.length > most) throw new DOMException('full', 'QuotaExceededError')
      this[key] = value
    },
    removeItem(this: Record<string, string>, key: string): void {
      delete this[key]
    },
  }
  return Object.assign(Object.create(methods) as Storage, contents)
}
