/** The options of a developer's command. */
import { exit } from 'node:process'
import { parseArgs } from 'node:util'

/**
 * Ends the command.
 * @param {string} sentence what is wrong with the options
 * @returns {never}
 */
export function refuse(sentence) {
  console.error(sentence)
  exit(1)
}

/**
 * As `parseArgs` reads them. Where it cannot, the command ends with a sentence and the list of its options.
 * @template {import('node:util').ParseArgsConfig} Config
 * @param {Config} config
 * @returns {ReturnType<typeof parseArgs<Config>>}
 */
export function optionsOf(config) {
  try {
    return parseArgs(config)
  } catch (error) {
    const names = Object.keys(config.options ?? {}).map((name) => `--${name}`)
    return refuse(`${/** @type {Error} */ (error).message}\nThe options are: ${names.join(', ')}.`)
  }
}
