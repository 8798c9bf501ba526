/** A little store of one's own in IndexedDB: keys and values. Where a browser forbids it, it lasts as long as the page. */

export interface Store {
  get<T>(key: string): Promise<T | undefined>;
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<string[]>;
  /** Whether it is still there after the page is closed. */
  readonly lasting: boolean;
}

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

/**
 * @param name one database for each folder that the finder is served from: networks on one origin do not meet
 */
export async function openStore(name: string, factory: IDBFactory | undefined): Promise<Store> {
  if (factory === undefined) return passing();
  try {
    const opening = factory.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    const db = await asked(opening);
    const run = async <T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
      const transaction = db.transaction("kept", mode);
      const ended = new Promise<void>((done, failed) => {
        transaction.oncomplete = () => done();
        transaction.onabort = () => failed(transaction.error);
      });
      const answer = await asked(act(transaction.objectStore("kept")));
      await ended; // a full disk is told when the transaction ends, not before
      return answer;
    };
    return {
      get: (key) => run("readonly", (store) => store.get(key)),
      put: async (key, value) => void (await run("readwrite", (store) => store.put(value, key))),
      delete: (key) => run("readwrite", (store) => store.delete(key)),
      keys: async () => (await run("readonly", (store) => store.getAllKeys())).map(String),
      lasting: true,
    };
  } catch {
    return passing(); // private windows of some browsers
  }
}

export function passing(): Store {
  const kept = new Map<string, unknown>();
  return {
    get: async <T>(key: string) => kept.get(key) as T | undefined,
    put: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
    keys: async () => [...kept.keys()],
    lasting: false,
  };
}
