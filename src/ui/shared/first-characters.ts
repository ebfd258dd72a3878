/** What is kept of a name that a person typed. */

/** The first characters of a name, without space around it. No character is cut in two. */
export const firstCharacters = (name: string, most: number): string => Array.from(name.trim()).slice(0, most).join('')
