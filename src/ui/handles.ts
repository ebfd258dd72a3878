/**
 * Handles for automation, kept stable (docs: "Handles for automation"): what the tab's own node says, as `data-*` on <html>,
 * and `window.tabweave`, whose calls wait until the node runs.
 */
import type { EvidenceEntry, Hex, HistoryEntry, ImportOutcome, SubmitReply } from '../worker/api.ts'
import type { Page } from './state/page.ts'
import type { NodeState } from './state/node-state.ts'
import type { PageNode } from './state/page-node.ts'

export interface Handles {
  submit(text: string): Promise<SubmitReply>
  history(): Promise<readonly HistoryEntry[]>
  /** The room as bundle bytes. */
  export(): Promise<Uint8Array>
  import(bytes: Uint8Array): Promise<ImportOutcome>
  /** Equivocations with evidence as files: of all, or of those that an op is in. */
  evidence(id?: Hex): Promise<readonly EvidenceEntry[]>
}

declare global {
  interface Window {
    tabweave: Handles
  }
}

/** Writes what changed; `ready` comes last, so that a script that waits for it finds the others. */
function writeDataset(data: DOMStringMap, { opened, status, failure }: NodeState): void {
  const facts: Record<string, string> = {}
  if (status !== null) {
    const { ops, stored, pending, rejected, heads, digest, peers, waits } = status
    Object.assign(facts, {
      ops: `${ops}`,
      stored: `${stored}`,
      pending: `${pending}`,
      rejected: `${rejected}`,
      heads: `${heads}`,
      digest,
      waits: waits?.why ?? '',
      peers: `${peers.length}`,
      paths: peers
        .map(({ path }) => path)
        .sort()
        .join(' '),
    })
  }
  if (opened !== null) Object.assign(facts, { node: opened.node, room: opened.room })
  if (opened !== null && status !== null) facts['ready'] = failure === null ? 'true' : 'false'
  for (const [name, value] of Object.entries(facts)) if (data[name] !== value) data[name] = value
}

export function installHandles(page: Page): void {
  const running = new Promise<PageNode>((resolve) => {
    let watched: PageNode | null = null
    page.store.subscribe(({ nodes }) => {
      const own = nodes[0]
      if (own === undefined || own === watched) return
      watched = own
      own.store.subscribe((state) => {
        writeDataset(document.documentElement.dataset, state)
        if (state.opened !== null) resolve(own)
      })
    })
  })
  window.tabweave = {
    submit: async (text) => (await running).submit(text),
    history: async () => (await running).wholeHistory(),
    export: async () => (await (await running).exportRoom()).file,
    import: async (bytes) => (await running).importRoom(bytes),
    evidence: async (id) => (await running).evidence(id ?? null),
  }
}
