/**
 * What adversaries do, one strategy each; they compose by being in one world. A strategy does all that the protocol's bytes
 * allow; ops that it means to be valid go into `made`, so that others can build on them.
 */
import { amnesiac, backDater, colluder, equivocator, sybils } from './strategies/authors.ts'
import { forger, impersonator, lawbreaker, stripper } from './strategies/forgers.ts'
import { crowd, deadRuns } from './strategies/names.ts'
import { flooder, ghostMaker, withholder } from './strategies/parents.ts'
import { eclipse, glutton, inventoryLiar, poser, slowPeer } from './strategies/peers.ts'
import { adaptive, bomber, mangler, replayer } from './strategies/messages.ts'

export const STRATEGIES = {
  equivocator,
  impersonator,
  forger,
  stripper,
  withholder,
  'ghost maker': ghostMaker,
  flooder,
  sybils,
  mangler,
  replayer,
  amnesiac,
  colluder,
  eclipse,
  'back-dater': backDater,
  'slow peer': slowPeer,
  'inventory liar': inventoryLiar,
  adaptive,
  lawbreaker,
  bomber,
  glutton,
  poser,
  crowd,
  'dead runs': deadRuns,
}

export type StrategyName = keyof typeof STRATEGIES
