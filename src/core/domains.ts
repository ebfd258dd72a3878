/**
 * Every hashed, signed or derived domain of the protocol, in one place: two uses of one key or hash never share a
 * prefix, so no byte string made for one purpose can pass for another.
 */
export const DOMAIN = {
  /** id = SHA-256(op ‖ canonical bytes) */
  op: 'tabweave/op/1',
  /** signature = Ed25519(sig ‖ id) */
  sig: 'tabweave/sig/1',
  /** digest of at most 256 heads = SHA-256(heads ‖ sorted head ids) */
  heads: 'tabweave/heads/1',
  /** digest of more heads = SHA-256(headGroups ‖ the digests of 16 groups of them) */
  headGroups: 'tabweave/heads/2',
  /** HKDF label: the room's relay name */
  relayName: 'tabweave/relay-name/1',
  /** HKDF label: the room key, from which each sender's key is derived */
  roomKey: 'tabweave/room-key/1',
  /** HKDF label: one sender's frame key */
  senderKey: 'tabweave/sender-key/1',
  /** frame signature = Ed25519(frame ‖ room ‖ header ‖ SHA-256(message)), by the sender value's key */
  frame: 'tabweave/frame/1',
  /** peer proof = Ed25519(peer ‖ room ‖ signer's sender value ‖ verifier's sender value) */
  peer: 'tabweave/peer/1',
  /** channel proof = Ed25519(channel ‖ room ‖ signer's sender value ‖ verifier's ‖ signer's certificate ‖ verifier's) */
  channel: 'tabweave/channel/1',
  /** token = first 8 bytes of SHA-256(token ‖ sender value ‖ number) */
  token: 'tabweave/token/1',
} as const
