/** Reads QR codes by the camera: the browser's own reader where it has one, else ours, which is fetched only then. */

export interface Lens {
  stop(): void;
}

/** What browsers that read codes themselves offer. */
interface Reader {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface ReaderClass {
  new (options: { readonly formats: readonly string[] }): Reader;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Between two looks [ms]: a phone that only looks stays cool. */
const LOOK_MS = 120;

/** A code of forty characters on a screen at arm's length wants more than a picture the size of the page [px]. */
const SHORT_SIDE_PX = 1080;

/**
 * Open the camera at the back and tell each text it reads; an error where there is none, or nobody allows it.
 *
 * @param video shows what the camera sees
 */
export async function openLens(video: HTMLVideoElement, seen: (text: string) => void): Promise<Lens> {
  const look = (await byBrowser(video)) ?? (await byOurs(video));
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: SHORT_SIDE_PX }, height: { ideal: SHORT_SIDE_PX } } });
  video.srcObject = stream;
  await video.play();
  let timer = 0;
  let ended = false;
  const again = async (): Promise<void> => {
    const texts = await look().catch(() => []); // a frame that cannot be read: the next one may
    if (ended) return;
    for (const text of texts) seen(text);
    timer = window.setTimeout(() => void again(), LOOK_MS);
  };
  void again();
  return {
    stop() {
      ended = true;
      clearTimeout(timer);
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}

type Look = () => Promise<readonly string[]>;

async function byBrowser(video: HTMLVideoElement): Promise<Look | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: ReaderClass };
  if (!BarcodeDetector) return null;
  try {
    if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
    const reader = new BarcodeDetector({ formats: ["qr_code"] });
    return async () => (await reader.detect(video)).map(({ rawValue }) => rawValue);
  } catch {
    return null; // there by name only: the machine lacks what it is made of
  }
}

async function byOurs(video: HTMLVideoElement): Promise<Look> {
  const { default: decode } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (!pen || width === 0) return [];
    [canvas.width, canvas.height] = [width, height];
    pen.drawImage(video, 0, 0);
    return [decode(pen.getImageData(0, 0, width, height))]; // throws where there is no code
  };
}
