/** Bytes of the map's program, written in by build.mjs. */
declare const __MAP_CODE_BYTES__: number;
