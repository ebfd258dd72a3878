/** A browser whose camera sees one picture: a code, as if it was held before it. */
import { writeFileSync } from 'node:fs'
import { chromium, type Browser } from '@playwright/test'
import { encodeQR } from 'qr'
import { BROWSER_ARGS, requireChromium } from '../.scripts/browser.mjs'

/** The picture is square, and the code does not fill it. Pixels. */
const SIDE = 720

/** @param file where the camera's film is written (YUV4MPEG2: a line, then frames of plain bytes) @param text what the code says */
export async function openWithCamera(file: string, text: string): Promise<Browser> {
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: 4 })
  const scale = Math.floor((SIDE * 0.95) / modules.length)
  const from = Math.floor((SIDE - scale * modules.length) / 2)
  const luma = new Uint8Array(SIDE * SIDE).fill(235)
  for (const [row, line] of modules.entries()) {
    for (const [column, isDark] of line.entries()) {
      for (let y = 0; isDark && y < scale; y++) {
        const at = (from + row * scale + y) * SIDE + from + column * scale
        luma.fill(16, at, at + scale)
      }
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, new Uint8Array((SIDE * SIDE) / 2).fill(128)])
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${SIDE} H${SIDE} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]))
  return chromium.launch({
    executablePath: await requireChromium(),
    args: [
      ...BROWSER_ARGS,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${file}`,
    ],
  })
}
