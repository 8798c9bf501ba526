// What a body may hold: fields with a type, and whether a value fits them (spec/kinds.md, "A field").

import { fault as dateFault } from "./happened.ts";

export type Merge = "last" | "none" | "count" | "plus" | "minus" | "add" | "source" | "recent" | "union";

/** A field as it stands in spec/kinds/*.json; members that do not bear on fitting or folding are left out. */
export interface Field {
  readonly type: string;
  readonly required?: boolean;
  readonly merge?: Merge;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly item?: Field;
  readonly most?: number;
  readonly fields?: Fields;
}
export type Fields = { readonly [name: string]: Field };

const LABEL_MAX = 120;
const LABELS_MOST = 40;
const CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069";
const LABEL = new RegExp(`^[^ \\u00a0${CONTROLS}](?:[^${CONTROLS}]*[^ \\u00a0${CONTROLS}])?$`, "u");
const TEXT = /^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+$/u;
const LANG = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?$/;
const HEX_32 = /^[0-9a-f]{64}$/;
const PATTERNS: { readonly [type: string]: RegExp } = {
  code: /^[A-Za-z0-9_.:+-]{1,80}$/,
  lang: LANG,
  id: HEX_32,
  key: HEX_32,
  hash: HEX_32,
  chain: /^[0-9a-f]{32}$/,
  scope: /^(?:[0-9a-f]{64})?$/,
  url: /^https?:\/\/[!-~]{1,1000}$/,
};

/** Whether an object holds known fields with values of their types, and none that is required is absent. */
export function fits(fields: Fields, value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || !valueFits(field, item)) return false;
  }
  return Object.entries(fields).every(([name, field]) => field.required !== true || Object.hasOwn(value, name));
}

function valueFits(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "int":
      return Number.isSafeInteger(value) && (value as number) >= (field.min ?? 0) && (value as number) <= (field.max ?? 0);
    case "bool":
      return typeof value === "boolean";
    case "enum":
      return typeof value === "string" && (field.values ?? []).includes(value);
    case "label":
      return textFits(LABEL, field.max ?? LABEL_MAX, value);
    case "text":
      return textFits(TEXT, field.max ?? 0, value);
    case "labels":
      return byLanguageFits(LABEL, field.max ?? LABEL_MAX, value);
    case "texts":
      return byLanguageFits(TEXT, field.max ?? 0, value);
    case "edtf":
      return typeof value === "string" && dateFault(value) === "";
    case "list":
      return Array.isArray(value) && value.length <= (field.most ?? 0) && value.every((item) => valueFits(field.item!, item));
    case "object":
      return fits(field.fields ?? {}, value);
    default: {
      const pattern = PATTERNS[field.type];
      return typeof value === "string" && pattern !== undefined && pattern.test(value);
    }
  }
}

/** Characters are counted as code points. */
function textFits(form: RegExp, most: number, value: unknown): boolean {
  return typeof value === "string" && form.test(value) && [...value].length <= most;
}

function byLanguageFits(form: RegExp, most: number, value: unknown): boolean {
  if (!isObject(value)) return false;
  const members = Object.entries(value);
  return members.length >= 1 && members.length <= LABELS_MOST && members.every(([lang, text]) => LANG.test(lang) && textFits(form, most, text));
}

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
