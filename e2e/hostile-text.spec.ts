/** Texts and names that would be markup, scripts, links or a mess elsewhere: here they are words, and stay in their place. */
import { expect, test } from './fixtures.ts'
import { agree, messagesOf } from './tabs.ts'

const MARKUP = [
  `<img src=x onerror="document.title='owned'">`,
  `<script>document.title = 'owned'</script>`,
  `"><svg onload=alert(1)>`,
  `javascript:document.title='owned'//`,
  `[a link](javascript:alert(1)) https://example.org/?q=<b>`,
  `<style>* { display: none }</style><base href="https://example.org/">`,
  `&lt;b&gt; \${7 * 7} {{7 * 7}} %3Cscript%3E`,
  `https://bank.example@example.org/ https://b\u00fccher.example/ view-source:javascript:alert(1) file:///etc/passwd data:text/html,<b>`,
]

/** An address, and behind it what turns the rest around: only the address can be followed. */
const ADDRESS_AND_TURNED = 'https://example.org/a\u202egnp.exe'

/** Right-to-left overrides that are never closed, and a letter under a thousand marks. */
const TURNED = '\u202egnihtemos\u2066 \u202d\u061c'
const ZALGO = `z${'\u0300'.repeat(1_000)}`
const LONG_WORD = 'w'.repeat(60_000)

test('E6 markup, scripts, links, turned, piled and endless words are shown as text: nothing runs, nothing leaves its place', async ({
  host,
  device,
}) => {
  const first = await (await device()).open(`${host.address}/#new`)
  const second = await (await device()).open(first.url())
  await agree([first, second], 1)
  const texts = [...MARKUP, ADDRESS_AND_TURNED, TURNED, ZALGO, LONG_WORD]
  for (const text of texts) {
    await first.evaluate(async (words) => {
      await window.tabweave.submit(words)
    }, text)
  }
  await agree([first, second], 1 + texts.length)
  expect((await messagesOf(second)).toSorted()).toEqual(texts.toSorted())
  const history = second.getByRole('list', { name: 'History', exact: true })
  for (const text of MARKUP) await expect(history.getByText(text, { exact: true })).toBeVisible()

  const found = await second.evaluate(() => {
    const entries = [...document.querySelectorAll<HTMLElement>('.entry-text')]
    const own = new Set(['DIV', 'BDI', 'A'])
    return {
      elements: entries.flatMap((entry) => [...entry.querySelectorAll('*')]).filter(({ tagName }) => !own.has(tagName)).length,
      followed: [...document.querySelectorAll<HTMLAnchorElement>('.entry-text a')]
        .map((link) => `${link.textContent} → ${link.href}`)
        .sort(),
      isolated: entries.filter((entry) => entry.querySelector('bdi') === null).length,
      title: document.title,
      base: document.querySelectorAll('base').length,
      tall: Math.max(...entries.map((entry) => entry.getBoundingClientRect().height / innerHeight)),
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      over: entries.filter((entry) => entry.scrollWidth > entry.clientWidth + 1).length,
    }
  })
  expect(found).toMatchObject({ elements: 0, isolated: 0, base: 0, wide: 0, over: 0 })
  const addresses = ['https://example.org/', 'https://example.org/?q=', 'https://example.org/a']
  expect(found.followed).toEqual(addresses.map((address) => `${address} → ${address}`))
  expect(found.title).not.toContain('owned')
  expect(found.tall).toBeLessThan(1)
  // What is turned inside an entry turns nothing outside of it: its id and time stand where those of others do.
  const left = await second.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.entry')].map((entry) =>
      Math.round(entry.querySelector('.entry-head')!.getBoundingClientRect().left),
    ),
  )
  expect(new Set(left).size).toBe(1)

  // The history shows the beginning of a long text, and all of it on request.
  const long = history.locator('.entry', { hasText: LONG_WORD.slice(0, 800) })
  const more = long.getByRole('button', { name: 'Show more', exact: true })
  while (await more.isVisible()) await more.click()
  await expect(long.locator('.entry-text')).toHaveText(LONG_WORD)
})

test('E6 scripts and styles that got into the page all the same are not run: the policy refuses them', async ({
  host,
  device,
  problems,
}) => {
  const page = await (await device()).open(`${host.address}/#new`)
  const outcome = await page.evaluate(async () => {
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => violations.push(violatedDirective))
    const tried: string[] = []
    const attempt = (name: string, act: () => void): void => {
      try {
        act()
        tried.push(`${name} went through`)
      } catch (error) {
        tried.push((error as Error).name)
      }
    }
    attempt('innerHTML', () => {
      document.body.insertAdjacentElement('beforeend', document.createElement('div'))!.innerHTML = '<b>x</b>'
    })
    attempt('worker', () => void new Worker('data:text/javascript,1'))
    attempt('a handler', () => document.body.setAttribute('onclick', "document.title = 'owned'"))
    attempt('a script', () => {
      document.head.appendChild(document.createElement('script')).text = "document.title = 'owned'"
    })
    const style = document.createElement('style')
    style.textContent = 'body { display: none !important }'
    document.head.append(style)
    await new Promise((resolve) => setTimeout(resolve, 500))
    return { tried, violations: [...new Set(violations)].sort(), title: document.title, display: getComputedStyle(document.body).display }
  })
  expect(outcome.tried).toEqual(['TypeError', 'TypeError', 'TypeError', 'TypeError'])
  expect(outcome.violations).toEqual(['require-trusted-types-for', 'style-src-elem'])
  expect(outcome.title).not.toContain('owned')
  expect(outcome.display).not.toBe('none')
  problems.length = 0
})
