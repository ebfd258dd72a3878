/** The version people see; `version.test.ts` holds it to the package's. */
export const VERSION = '0.1.0'
