/** What is read of a browser's session description, what is written for one, and that a stranger cannot write more into it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidatesToSay } from './candidate.ts'
import { description } from './description.naive.ts'
import { readSdp, writeSdp } from './description.ts'

const DIGITS = Array.from({ length: 32 }, (_, i) => (i * 7).toString(16).padStart(2, '0').toUpperCase())

/** As Chromium writes an offer of a data channel, with one candidate. */
const CHROMIUM = `v=0
o=- 3546004397921447048 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 55555 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:1467250027 1 udp 2122260223 2b1a3f68-0c9e-4d3c-8f2e-3f0c4e5a6b7c.local 46154 typ host generation 0 network-id 1
a=ice-ufrag:4ZcD
a=ice-pwd:2/1muCWoOi3uLifh0NuRHlNJ
a=ice-options:trickle
a=fingerprint:sha-256 ${DIGITS.join(':')}
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`.replaceAll('\n', '\r\n')

/** As Firefox does: longer names, its fingerprint before the media. */
const FIREFOX = `v=0
o=mozilla...THIS_IS_SDPARTA-99.0 7608 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 ${DIGITS.join(':')}
a=group:BUNDLE 0
a=ice-options:trickle
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122252543 8f1d5a0e-aaaa-4bbb-8ccc-0123456789ab.local 57021 typ host
a=candidate:2 1 TCP 2105524479 8f1d5a0e-aaaa-4bbb-8ccc-0123456789ab.local 9 typ host tcptype active
a=sendrecv
a=ice-pwd:39d6f5e0c4b1a2938475665544332211
a=ice-ufrag:6f0a1b2c
a=mid:0
a=setup:active
a=sctp-port:5000
a=max-message-size:1073741823
`.replaceAll('\n', '\r\n')

describe('a session description', () => {
  test('of Chromium and of Firefox is read', () => {
    const fingerprint = Uint8Array.from(DIGITS, (pair) => Number.parseInt(pair, 16))
    expect(readSdp('offer', CHROMIUM)).toMatchObject({
      type: 'offer',
      ufrag: '4ZcD',
      password: '2/1muCWoOi3uLifh0NuRHlNJ',
      setup: 'actpass',
      fingerprint,
    })
    expect(readSdp('offer', CHROMIUM)!.candidates).toHaveLength(1)
    expect(readSdp('answer', FIREFOX)).toMatchObject({ ufrag: '6f0a1b2c', setup: 'active', fingerprint })
    // Its other one is TCP.
    expect(readSdp('answer', FIREFOX)!.candidates).toEqual([
      'candidate:0 1 udp 2122252543 8f1d5a0e-aaaa-4bbb-8ccc-0123456789ab.local 57021 typ host',
    ])
  })

  test('whatever it says is what is read of what is written', () => {
    fc.assert(
      fc.property(description, (said) => {
        expect(readSdp(said.type, writeSdp(said))).toEqual({ ...said, candidates: candidatesToSay(said.candidates) })
      }),
    )
  })

  test('without a name, a password, a role or a SHA-256 of its certificate is none', () => {
    for (const line of ['a=ice-ufrag', 'a=ice-pwd', 'a=setup', 'a=fingerprint']) {
      expect(readSdp('offer', CHROMIUM.replace(line, 'a=other'))).toBe(null)
    }
    expect(readSdp('offer', CHROMIUM.replace('sha-256', 'sha-1'))).toBe(null)
    expect(readSdp('offer', '')).toBe(null)
  })
})
