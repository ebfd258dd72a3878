/** For tests: texts of any well-formed kind. */
import fc from 'fast-check'

/** Any code point but a surrogate: what `unit: 'binary'` means to fast-check, without its table of them all, which takes seconds to build. */
export const anyScalar = fc.integer({ min: 0, max: 0x10ffff - 0x800 }).map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800))
