/** What keeps a web address in a text of others from leading anywhere but where a reader sees that it goes. */
import type { Defence } from '../defences.ts'
import { tested } from './tested.ts'

const FILE = 'src/ui/shared/web-addresses.ts'
const TEST = 'src/ui/shared/web-addresses.test.ts'

export const WEB_ADDRESSES: readonly Defence[] = [
  {
    row: 'E6',
    file: FILE,
    in: 'webAddressesIn',
    drop: 'set lastIndex',
    mentions: ['START', 'end'],
    test: tested(TEST, 'E6 each character of a text is looked at'),
  },
  {
    row: 'E6',
    file: FILE,
    in: 'webAddressesIn',
    drop: 'if',
    mentions: ['isCut'],
    test: tested(TEST, 'E6 an address at the end of a text'),
  },
  {
    row: 'E6',
    file: FILE,
    in: 'webAddressesIn',
    drop: 'if',
    mentions: ['SCHEME'],
    test: tested(TEST, 'E6 what is no http address'),
  },
  {
    row: 'E6',
    file: FILE,
    in: 'webAddressesIn',
    drop: 'if',
    mentions: ['INVISIBLE'],
    test: tested(TEST, 'E6 what is no http address'),
  },
  {
    row: 'E6',
    file: FILE,
    in: 'webAddressesIn',
    drop: 'operand',
    mentions: ['MAX_WEB_ADDRESSES'],
    test: tested(TEST, 'E6 a text has at most MAX_WEB_ADDRESSES'),
  },
  {
    row: 'E6',
    file: FILE,
    replace: 'value of const END',
    with: '/[\\s"<>]/gu',
    test: tested(TEST, 'E6 what turns the direction ends an address'),
  },
  {
    row: 'E6',
    file: FILE,
    replace: 'value of const ORIGIN',
    with: '/^https?:\\/\\/[^/?#]*?([^/?#@:]+)(?::\\d{1,5})?(?=[/?#]|$)/i',
    test: tested(TEST, 'E6 what is no http address'),
  },
  {
    row: 'E6',
    file: FILE,
    in: 'hrefOf',
    drop: 'operand',
    mentions: ['…'],
    test: tested(TEST, 'E6 what is no http address'),
  },
  {
    row: 'E6',
    file: FILE,
    in: 'hrefOf',
    replace: 'condition of choice',
    with: 'url !== null',
    test: tested(TEST, 'E6 what is no http address'),
  },
]
