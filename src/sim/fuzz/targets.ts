/** The targets: everything pure that reads bytes which somebody hostile may have made. */
import { bundle, file } from './bundles.ts'
import { body, op, value } from './decoders.ts'
import { engine } from './engine.ts'
import { evidence, evidenceFile } from './evidence.ts'
import { message } from './message.ts'
import { record } from './record.ts'
import { signal } from './signal.ts'
import type { Target } from './target.ts'
import { unit } from './unit.ts'

export const TARGETS: Readonly<Record<string, Target>> = {
  value,
  op,
  body,
  message,
  bundle,
  file,
  record,
  evidence,
  evidenceFile,
  unit,
  signal,
  engine,
}
