/** A photo made small on the phone: pixels alone, drawn anew, so that nothing the camera wrote beside them leaves it. */

/** Longest side [px]; headquarters keeps no more. */
export const SIDE_PX = 1600;
const QUALITY = 0.82;

/** Width and height that fit, in the same shape; what is small already stays as it is. */
export function fitting(width: number, height: number, side = SIDE_PX): { readonly width: number; readonly height: number } {
  const by = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

/** JPEG of at most 1600 px, turned the way it was held; an error where this browser cannot read the picture. */
export async function shrink(file: Blob): Promise<Uint8Array> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = fitting(picture.width, picture.height);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser cannot draw");
  pen.fillStyle = "#fff"; // what is seen through becomes white, not black
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, width, height);
  picture.close();
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!made) throw new Error("this browser cannot write a photo");
  return new Uint8Array(await made.arrayBuffer());
}
