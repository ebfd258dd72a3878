/**
 * The look of an author, everywhere: a nickname, a hue and a shape. All are derived from its key, so every node shows the same author in
 * the same way without being told.
 *
 * A nickname is no proof. There are 4,096 of them, and anyone who makes keys for a second finds one with the nickname of somebody else.
 * Where it matters who wrote something, show the fingerprint (the key in hex) beside it.
 *
 * The first word of the nickname names the colour, for people who cannot see it. No author is red: red means a lie.
 */
import { AUTHOR_BYTES } from '../core/limits.ts'
import { quotable } from '../core/quotable.ts'
import { assert } from '../core/result.ts'

export interface AuthorLook {
  /** Two words, lower case: "amber otter". */
  readonly name: string
  /** Degrees of the OKLCH circle, 0–359. */
  readonly hue: number
  /** 0 circle, 1 square, 2 diamond, 3 triangle up, 4 hexagon, 5 triangle down: drawn by `shape.ts`. */
  readonly shape: AuthorShape
}

export type AuthorShape = 0 | 1 | 2 | 3 | 4 | 5

export type Theme = 'light' | 'dark'

/** Four words for each of sixteen hues, 20° apart from 45°: the gap from 345° to 45° is the red that means danger. */
const COLOURS = [
  'copper ginger russet cinnamon',
  'amber apricot tawny caramel',
  'golden honey sandy saffron',
  'sunny lemon mustard mimosa',
  'olive mossy lime meadow',
  'leafy clover ferny basil',
  'minty jade emerald spruce',
  'teal lagoon seafoam verdigris',
  'aqua turquoise glacier cyan',
  'sky misty rainy cloudless',
  'azure river bluebell denim',
  'cobalt indigo midnight sapphire',
  'iris wisteria twilight larkspur',
  'violet lilac lavender plum',
  'orchid heather mulberry foxglove',
  'rosy peony blossom sorbet',
]
  .join(' ')
  .split(' ')

const ANIMALS =
  'otter heron badger lynx finch marten robin beaver falcon gecko ibis jackdaw koala lemur magpie newt ' +
  'ocelot panda quail raven seal tapir urchin vole walrus yak zebra alpaca bison crane dolphin egret ' +
  'fox gibbon hare impala jerboa kestrel llama moose narwhal owl puffin quokka rabbit swift toucan wren ' +
  'wombat bee cricket dormouse elk firefly goose hedgehog kiwi lark moth oriole penguin salmon turtle whale'
const ANIMAL_LIST = ANIMALS.split(' ')

const FIRST_HUE = 45
const HUE_STEP = 20
const WORDS_PER_HUE = 4

/** FNV-1a, 32 bits: spreads every byte of the key over the whole look. */
function mix(key: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** The look of an author's key (32 bytes): a nickname, no proof of anything. */
export function authorLook(author: Uint8Array): AuthorLook {
  assert(author.length === AUTHOR_BYTES, 'an author is a key of 32 bytes')
  const hash = mix(author)
  const colour = hash & 63
  return {
    name: `${COLOURS[colour]!} ${ANIMAL_LIST[(hash >>> 6) & 63]!}`,
    hue: FIRST_HUE + HUE_STEP * Math.floor(colour / WORDS_PER_HUE),
    shape: ((hash >>> 12) % 6) as AuthorShape,
  }
}

/** Lightness and chroma, one after the other along the hues: neighbours on the circle differ in lightness too. */
type Tones = Readonly<Record<Theme, readonly (readonly [lightness: number, chroma: number])[]>>

const NAME_TONES: Tones = {
  light: [
    [0.48, 0.14],
    [0.4, 0.12],
  ],
  dark: [
    [0.84, 0.12],
    [0.73, 0.15],
  ],
}

/** Three of them, further apart: hues that are 40° apart differ in lightness too. A small shape needs more difference than a word, and less contrast. */
const MARK_TONES: Tones = {
  light: [
    [0.57, 0.16],
    [0.37, 0.13],
    [0.47, 0.15],
  ],
  dark: [
    [0.86, 0.13],
    [0.62, 0.17],
    [0.74, 0.15],
  ],
}

/** The CSS colour of an author's name: at least 4.5 : 1 against the paper of its theme, a selected entry's included. */
export const nameColor = (look: AuthorLook, theme: Theme): string => colorIn(NAME_TONES, look, theme, 1)

/** The CSS colour of an author's mark, ops and lines: at least 3 : 1 against the same papers. `alpha` is 0 … 1. */
export const markColor = (look: AuthorLook, theme: Theme, alpha = 1): string => colorIn(MARK_TONES, look, theme, alpha)

function colorIn(tones: Tones, { hue }: AuthorLook, theme: Theme, alpha: number): string {
  const [lightness, chroma] = tones[theme][((hue - FIRST_HUE) / HUE_STEP) % tones[theme].length]!
  return `oklch(${lightness} ${chroma} ${hue}${alpha < 1 ? ` / ${alpha}` : ''})`
}

/** An author's chosen name, as text: in quotation marks, and isolated, so that its direction has no effect after it. */
export const quotedName = (name: string): string => `“\u2068${quotable(name)}\u2069”`
