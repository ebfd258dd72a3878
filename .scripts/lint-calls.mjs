/**
 * Lint rule "calls/no-list-as-arguments": a list does not become the arguments of a call. Each argument takes room on the stack, and
 * a list may be as long as others choose: 120,000 elements end in a RangeError. Pass the list, or loop. A list that is written where
 * it is spread (`f(...[a, b])`) is allowed.
 *
 * `npm test -- lint` runs it by `.oxlintrc.json`; `src/lint-calls.test.ts` tries it on violations.
 */

/**
 * @typedef {{ type: string, elements?: readonly unknown[] }} Expression
 * @typedef {Expression & { argument?: Expression, name?: string, computed?: boolean, object?: Expression & { name?: string }, property?: Expression & { name?: string } }} Node
 * @typedef {{ callee: Node, arguments: readonly Node[] }} Call
 * @typedef {{ filename: string, report(found: { node: unknown, message: string }): void }} Context
 */

const MESSAGE = 'A list may be longer than the stack: pass the list itself, or loop.'

/** Files that hand over lists of a fixed greatest length, where it was measured to be faster than a loop. */
const BOUNDED = [
  // At most CHUNK UTF-16 units to String.fromCharCode.
  'src/core/utf8.ts',
  // The 32 bytes of a sender value to String.fromCharCode, for each frame.
  'relay/room.ts',
]

/** @param {Node | undefined} node */
const isWritten = (node) => node?.type === 'ArrayExpression'

/** The list that `f.apply(self, list)` and `Reflect.apply(f, self, list)` hand over. @param {Call} call */
function appliedList({ callee, arguments: given }) {
  if (callee.type !== 'MemberExpression') return undefined
  const [object, method] = [callee.object?.name, callee.property?.name]
  if (object === 'Reflect') return method === 'apply' ? given[2] : method === 'construct' ? given[1] : undefined
  return method === 'apply' ? given[1] : undefined
}

const rule = {
  /** @param {Context} context */
  create(context) {
    if (BOUNDED.some((file) => context.filename.endsWith(`/${file}`))) return {}
    /** @param {Call} call */
    const check = (call) => {
      for (const node of call.arguments)
        if (node.type === 'SpreadElement' && !isWritten(node.argument)) context.report({ node, message: MESSAGE })
      const list = appliedList(call)
      if (list !== undefined && !isWritten(list)) context.report({ node: list, message: MESSAGE })
    }
    return { CallExpression: check, NewExpression: check }
  },
}

export default { meta: { name: 'calls' }, rules: { 'no-list-as-arguments': rule } }
