import "./style/finder.css";
import { begin } from "./begin.tsx";
import { overHttp, sendTo } from "./net/get.ts";
import { memoryIn } from "./net/library.ts";
import { doorLeadsTo, readPin } from "./route.ts";
import { openStore } from "./store/idb.ts";
import { byAddress } from "./textsByAddress.ts";

// The folder around this page: <anything>/app/ beside <anything>/data/.
const root = new URL("../", location.href.replace(/[?#].*/, ""));
const door = readPin(location.hash) ?? undefined;
if (door) history.replaceState(null, "", doorLeadsTo(location.hash)); // said once, and not left in what is shared or photographed

async function open(): Promise<void> {
  const store = await openStore(`shanyrak#${root.pathname}`, globalThis.indexedDB);
  await begin({
    get: overHttp(root),
    memory: memoryIn(store),
    store,
    load: byAddress,
    send: sendTo(root),
    inPage: false,
    mapProgram: () => import("./map/Frame.tsx"),
    mapCodeBytes: __MAP_CODE_BYTES__,
    door,
    language: document.documentElement.lang,
  });
  if (isSecureContext && "serviceWorker" in navigator) {
    void navigator.serviceWorker.register(new URL("sw.js", location.href.replace(/[?#].*/, ""))).catch(() => undefined);
  }
}

// Not awaited here: chunks that come later stand on this one, and would wait for it.
void open();
