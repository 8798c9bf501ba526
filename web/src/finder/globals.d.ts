/** Bytes of the map's program, written in by build.mjs. */
declare const __MAP_CODE_BYTES__: number;
/** Hash of all words, in the names of their files. */
declare const __WORDS__: string;
