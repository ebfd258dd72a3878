/**
 * One WebRTC connection, on the page. It does what the worker says (`net/direct/page-port.ts`), and tells the results. It hands the
 * worker the channel in the task that makes it: in no other task do browsers let it go.
 */
import { candidatesToSay } from '../direct/candidate.ts'
import { readSdp, writeSdp } from '../direct/description.ts'
import type { PageCommand, PageEvent } from '../direct/page-port.ts'
import { pump } from '../direct/pumped.ts'
import { connectionWith } from './servers.ts'

/** A description that is told whole waits this long for its candidates (ms); a device's own ones are found in a tenth of that. */
const GATHER_FOR = 3_000

type Then = Exclude<PageCommand, { type: 'open' }>

export interface Connection {
  /** Any command but "open". */
  command(command: Then): void
}

export function openConnection(
  { connection, offers, trickles, servers }: Extract<PageCommand, { type: 'open' }>,
  post: (event: PageEvent, transfer?: Transferable[]) => void,
): Connection {
  const pc = connectionWith(servers)
  /** Candidates of this browser, in its own texts. */
  const found: string[] = []
  /** The fingerprint that the other side names for its certificate; its candidates wait for its description. */
  let theirs: Uint8Array | null = null
  const early: RTCIceCandidateInit[] = []
  let work: Promise<void> = Promise.resolve()

  /** Runs one step after the other. If one fails, the connection ends. */
  const queue = (next: () => Promise<void>): void => {
    const before = work
    work = (async () => {
      try {
        await before
        await next()
      } catch {
        if (pc.signalingState !== 'closed') post({ type: 'failed', connection })
      }
    })()
  }

  const tellDescription = async (type: 'offer' | 'answer'): Promise<void> => {
    if (!trickles) await gathered(pc)
    const description = readSdp(type, pc.localDescription?.sdp ?? '')
    if (description === null) throw new Error('no description')
    post({ type: 'description', connection, description: trickles ? { ...description, candidates: [] } : description })
  }
  const offer = async (): Promise<void> => {
    await pc.setLocalDescription()
    await tellDescription('offer')
  }
  const describe = async ({ description }: Extract<PageCommand, { type: 'description' }>): Promise<void> => {
    theirs = description.fingerprint
    await pc.setRemoteDescription({ type: description.type, sdp: writeSdp(description) })
    for (const candidate of early.splice(0)) await add(candidate)
    if (description.type === 'answer') return
    await pc.setLocalDescription()
    await tellDescription('answer')
  }
  // If this browser does not accept a candidate, the connection goes on: others may work.
  const add = (candidate: RTCIceCandidateInit): Promise<void> => pc.addIceCandidate(candidate).catch(() => {})

  const makeChannel = (): void => {
    const channel = pc.createDataChannel('tabweave', { negotiated: true, id: 0 })
    try {
      post({ type: 'channel', connection, channel }, [channel as unknown as Transferable])
    } catch {
      // This browser keeps data channels on the page.
      const { port1, port2 } = new MessageChannel()
      pump(channel, port1)
      post({ type: 'channel', connection, channel: port2 }, [port2])
    }
  }

  pc.onicecandidate = ({ candidate }) => {
    const ufrag = candidate?.usernameFragment ?? readSdp('offer', pc.localDescription?.sdp ?? '')?.ufrag
    if (!trickles || candidate === null || ufrag === undefined) return
    const before = candidatesToSay(found).length
    found.push(candidate.candidate)
    const said = candidatesToSay(found)
    if (said.length > before) post({ type: 'candidate', connection, ufrag, candidate: said.at(-1)! })
  }
  pc.onconnectionstatechange = () => {
    const { connectionState } = pc
    if (connectionState === 'disconnected') post({ type: 'interrupted', connection })
    if (connectionState === 'failed') post({ type: 'failed', connection })
    if (connectionState !== 'connected') return
    const ours = readSdp('offer', pc.localDescription?.sdp ?? '')?.fingerprint
    if (ours !== undefined && theirs !== null) post({ type: 'connected', connection, ours, theirs })
  }
  // Both sides make the one channel. Another one would bring messages that nobody counts.
  pc.ondatachannel = () => {
    pc.close()
    post({ type: 'misused', connection })
  }
  makeChannel()
  if (offers) queue(offer)

  return {
    command(command) {
      switch (command.type) {
        case 'description':
          return queue(() => describe(command))
        case 'candidate': {
          const candidate = { candidate: command.candidate, sdpMid: '0', usernameFragment: command.ufrag }
          return queue(async () => (theirs === null ? void early.push(candidate) : await add(candidate)))
        }
        case 'close':
          pc.onicecandidate = pc.onconnectionstatechange = pc.ondatachannel = null
          pc.close()
      }
    },
  }
}

/** Resolves when all candidates are found, or after GATHER_FOR: a server that does not answer must not keep a person waiting. */
function gathered(pc: RTCPeerConnection): Promise<void> {
  if (pc.iceGatheringState === 'complete') return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      if (pc.iceGatheringState !== 'complete') return
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(resolve, GATHER_FOR)
    pc.addEventListener('icegatheringstatechange', done)
  })
}
