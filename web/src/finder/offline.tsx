import style from "./style/plain.css?inline";
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

// Without data in the page it stays what it is: a plain list for readers without script.
if (document.querySelector('script[data-path="data/manifest.shy"]')) {
  const look = document.createElement("style");
  look.textContent = style;
  for (const other of document.querySelectorAll("style, link[rel=stylesheet]")) other.remove();
  document.head.append(look);
  const carried = document.querySelectorAll("script[data-path]");
  const app = document.createElement("div");
  app.id = "app";
  document.body.replaceChildren(app, ...carried);
  const store = passing();
  void begin({
    get: inPage(document),
    memory: memoryIn(store),
    store,
    load,
    send: null,
    inPage: true,
    mapProgram: null,
    mapCodeBytes: 0,
    language: document.documentElement.lang,
  });
}
