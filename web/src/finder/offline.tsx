import "./style/plain.css";
import { begin } from "./begin.tsx";
import { inPage } from "./net/get.ts";
import { memoryIn } from "./net/library.ts";
import { passing } from "./store/idb.ts";
import type { Loader } from "./texts.ts";
import de from "./texts/de.ts";
import en from "./texts/en.ts";
import kk from "./texts/kk.ts";
import ru from "./texts/ru.ts";
import uk from "./texts/uk.ts";

const all: Readonly<Record<string, typeof en>> = { uk, en, kk, de, ru };
const load: Loader = async (language) => all[language] ?? en;

const store = passing();
void begin({
  get: inPage(document),
  memory: memoryIn(store),
  store,
  load,
  send: null,
  inPage: true,
  openMap: null,
  mapCodeBytes: 0,
  language: document.documentElement.lang,
});
