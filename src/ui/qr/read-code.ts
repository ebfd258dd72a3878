/** Reading QR codes from a camera's pictures: by the browser where it can, else by code that is loaded for it. */

/** Gives the text of a code in the picture, or null. */
export type ReadCode = (video: HTMLVideoElement) => Promise<string | null>

/** Of the Shape Detection API, which not every browser has, what is used here. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>
}
interface DetectorClass {
  new (options: { readonly formats: ['qr_code'] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

export async function createReader(): Promise<ReadCode> {
  const detector = (await native()) ?? new (await import('qr/decode.js')).BarcodeDetector({ formats: ['qr_code'] })
  return async (video) => {
    if (video.videoWidth === 0) return null
    const [found] = await detector.detect(video)
    return found?.rawValue ?? null
  }
}

/** Some browsers have the class and none of its formats. */
async function native(): Promise<Detector | null> {
  const { BarcodeDetector } = globalThis as { readonly BarcodeDetector?: DetectorClass }
  try {
    if (BarcodeDetector === undefined || !(await BarcodeDetector.getSupportedFormats()).includes('qr_code')) return null
    return new BarcodeDetector({ formats: ['qr_code'] })
  } catch {
    return null
  }
}
