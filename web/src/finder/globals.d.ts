/** Bytes of the map's program, written in by build.mjs. */
declare const __MAP_CODE_BYTES__: number;

declare module "finder-texts:*" {
  /** Address of a file with the words of one language. */
  const address: string;
  export default address;
}
