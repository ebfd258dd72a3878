/** A node in a terminal: the composition root, and nothing else. */
import process from 'node:process'
import { readArgs, USAGE } from './args.ts'
import { checkFile } from './check.ts'
import { exportKept } from './export.ts'
import { run } from './run.ts'
import { openTerminal, printTo } from './terminal.ts'

/** Sockets and pipes get so long (ms) to take the bytes that are on their way. */
const LAST_WORDS = 1_000

const asked = readArgs(process.argv.slice(2))
if (asked.type === 'run') {
  const terminal = openTerminal(process)
  process.exitCode = await run(asked.options, terminal)
  terminal.close()
} else if (asked.type === 'check') {
  process.exitCode = await checkFile(asked.file, { print: printTo(process.stdout), complain: printTo(process.stderr) })
} else if (asked.type === 'export') {
  process.exitCode = await exportKept(asked.options, asked.file, { print: printTo(process.stdout), complain: printTo(process.stderr) })
} else if (asked.type === 'help') process.stdout.write(`${USAGE}\n`)
else {
  printTo(process.stderr)(asked.sentence)
  process.exitCode = 2
}
setTimeout(() => process.exit(), LAST_WORDS).unref()
