/**
 * Every limit of the protocol, with its reason. Replicas must agree on the ones under "validity": changing one of
 * those is a new protocol version. The others are local budgets and may differ from node to node.
 */

// — validity ———————————————————————————————————————————————————————————————————————————————————————————————

/** The version of ops, the first field of each. It stays 1: an op that is valid once is valid for ever. */
export const OP_VERSION = 1

/** An op id is a whole SHA-256, so that nobody can search for two ops with one id. Bytes. */
export const ID_BYTES = 32

/** An Ed25519 public key, RFC 8032 §5.1.5. Bytes. */
export const AUTHOR_BYTES = 32

/** An Ed25519 signature, RFC 8032 §5.1.6. Bytes. */
export const SIGNATURE_BYTES = 64

/** Deps of one op: enough to merge a busy room in one op, few enough that an op stays small (2 KiB of ids). */
export const MAX_DEPS = 64

/** One body, encoded: a long page of text; larger pastes become a chain of ops. Bytes. */
export const MAX_BODY_BYTES = 64 * 1024

/** Arrays and maps inside each other in one body; far below what any parser's stack can take. */
export const MAX_NESTING = 32

/** Canonical bytes of one op: the largest body, the most deps, and at most 200 bytes of everything else. */
export const MAX_OP_BYTES = MAX_BODY_BYTES + MAX_DEPS * (ID_BYTES + 2) + 200

/** Ops in one unit: one protocol message can make a node judge so many before the node may stop to hear its sender. */
export const MAX_UNIT_OPS = 1024

/** Canonical bytes of a unit's ops, summed: one protocol message can make a node hold so many before they are admitted. */
export const MAX_UNIT_BYTES = 1024 * 1024

/**
 * The version of protocol messages and signals, the first byte of each. Version 1 had no tokens: a node could not tell a living sender
 * from a recording. Version 2 had no "near": each question said all that its asker holds.
 */
export const MESSAGE_VERSION = 3

/** A token that a node gives out and hears back from living peers. Bytes. */
export const TOKEN_BYTES = 8

// — local budgets ——————————————————————————————————————————————————————————————————————————————————————————

/** Heads listed in one protocol message (8 KiB of ids). If there are more, tips describe them in fewer bytes. */
export const MAX_HEADS_LISTED = 256

/** Tokens of others that one protocol message echoes: one for each peer that a node holds. */
export const MAX_ECHOES = 256

/** Tips in one page of a protocol message (about 12 KiB). */
export const MAX_TIPS_PAGE = 256

/** Ids in a short question: a few hundred bytes. The next question asks for further missing ops. */
export const MAX_NEAR_IDS = 16

/**
 * Pending ops held for one origin, so that one liar cannot push out ops that others brought. An op counts for every origin that brought
 * it.
 */
export const MAX_PENDING_PER_LINK = 2_048

/** Pending ops held in all. */
export const MAX_PENDING_TOTAL = 8_192

/** Pending bytes held in all: a few seconds of a busy room, a small part of a tab. */
export const MAX_PENDING_BYTES = 16 * 1024 * 1024

/** Parents of pending ops that were not admitted, in all: each takes up to 600 bytes of a tab, and only 34 of its op. */
export const MAX_PENDING_PARENTS = 65_536

/** Ids of rejected ops remembered, oldest forgotten first (2 MiB of ids). If one is forgotten, its op is only checked once more. */
export const MAX_REJECTED_REMEMBERED = 65_536

/** Characters of a room's name that are shown and remembered: a line. */
export const MAX_ROOM_NAME = 120
