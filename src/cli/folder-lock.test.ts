/** The lock of a folder, against holders that were killed and against others who want it at the same moment. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath, pid, platform } from 'node:process'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { FolderHeld, holding, lockFolder } from './folder-lock.ts'

afterEach(() => vi.restoreAllMocks())

function newFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'tabweave-lock-'))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  return folder
}

/** Another process, which does nothing until it is killed. */
function startOther() {
  const other = spawn(execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' })
  const kill = async (): Promise<void> => {
    if (other.exitCode !== null || other.signalCode !== null) return
    other.kill('SIGKILL')
    await once(other, 'exit')
  }
  onTestFinished(kill)
  return { pid: other.pid!, kill }
}

function put(folder: string, number: number, text: string): void {
  fs.mkdirSync(join(folder, `lock.${number}`))
  fs.writeFileSync(join(folder, `lock.${number}`, 'holder'), text)
}
const filesIn = (folder: string): string[] => fs.readdirSync(folder).toSorted()

describe('the lock of a folder', () => {
  test('E4 is one holder’s until it is given back, and leaves one file behind', () => {
    const folder = newFolder()
    for (let i = 1; i <= 3; i++) {
      const unlock = lockFolder(folder)
      expect(() => lockFolder(folder)).toThrow(new FolderHeld(folder, pid))
      unlock()
      expect(filesIn(folder)).toEqual([`lock.${i}`])
    }
  })

  test('E4 is kept by another process that runs, and taken over when that was killed', async () => {
    const folder = newFolder()
    const other = startOther()
    put(folder, 4, holding(other.pid))
    expect(() => lockFolder(folder)).toThrow(new FolderHeld(folder, other.pid))
    expect(filesIn(folder)).toEqual(['lock.4'])
    await other.kill()
    lockFolder(folder)
    expect(filesIn(folder)).toEqual(['lock.5'])
  })

  test('is taken where the file system has no hard links and no symbolic ones', () => {
    const refuse = (): never => {
      throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' })
    }
    vi.spyOn(fs, 'linkSync').mockImplementation(refuse)
    vi.spyOn(fs, 'symlinkSync').mockImplementation(refuse)
    const folder = newFolder()
    const unlock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(new FolderHeld(folder, pid))
    unlock()
    lockFolder(folder)
    expect(filesIn(folder)).toEqual(['lock.2'])
  })

  test('is kept, and taken over, where an earlier version made it: a file', async () => {
    const folder = newFolder()
    const other = startOther()
    fs.writeFileSync(join(folder, 'lock.1'), holding(other.pid))
    expect(() => lockFolder(folder)).toThrow(new FolderHeld(folder, other.pid))
    await other.kill()
    lockFolder(folder)
    expect(filesIn(folder)).toEqual(['lock.2'])
  })

  test.runIf(platform === 'linux')('is not kept by a process that has the number of the one that held it', () => {
    const folder = newFolder()
    put(
      folder,
      1,
      holding(pid).replace(/\d$/, (last) => String((Number(last) + 1) % 10)),
    )
    lockFolder(folder)
    expect(filesIn(folder)).toEqual(['lock.2'])
  })

  test('is not kept by a file with anything else in it', () => {
    for (const text of ['', '\0\0\0', 'nobody', '-1 x', '0 ', '99999999999999999999 ']) {
      const folder = newFolder()
      put(folder, 1, text)
      lockFolder(folder)
      expect(filesIn(folder)).toEqual(['lock.2'])
    }
  })

  /** Whatever `act` does happens after this process has looked who holds the lock, and before it takes it. */
  function meanwhile(act: () => void): void {
    const rename = fs.renameSync.bind(fs)
    vi.spyOn(fs, 'renameSync').mockImplementationOnce((from, to) => {
      act()
      rename(from, to)
    })
  }

  test('is the other’s, if two find it left behind and the other is quicker', () => {
    const folder = newFolder()
    const other = startOther()
    put(folder, 1, '')
    meanwhile(() => put(folder, 2, holding(other.pid)))
    expect(() => lockFolder(folder)).toThrow(new FolderHeld(folder, other.pid))
    expect(fs.readFileSync(join(folder, 'lock.2', 'holder'), 'utf8')).toBe(holding(other.pid))
  })

  test('is the later one’s, if meanwhile one has had it and given it back, and another has it', () => {
    const folder = newFolder()
    const other = startOther()
    put(folder, 1, '')
    meanwhile(() => {
      fs.rmSync(join(folder, 'lock.1'), { recursive: true })
      put(folder, 3, holding(other.pid))
    })
    expect(() => lockFolder(folder)).toThrow(new FolderHeld(folder, other.pid))
    expect(filesIn(folder)).toEqual(['lock.3'])
  })

  test('can be given back when its folder is gone', () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'tabweave-lock-'))
    const unlock = lockFolder(folder)
    fs.rmSync(folder, { recursive: true })
    unlock()
    expect(fs.existsSync(folder)).toBe(false)
  })
})
