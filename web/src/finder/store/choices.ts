/** What a person chose: kept on this phone, and never sent. A browser may forbid it; then it lasts as long as the page. */

function read(store: () => Storage, key: string): string | null {
  try {
    return store().getItem(key);
  } catch {
    return null;
  }
}

function write(store: () => Storage, key: string, value: string): void {
  try {
    if (value === "") store().removeItem(key);
    else store().setItem(key, value);
  } catch {
    // Nothing to mend: it holds until the page is closed.
  }
}

const long = () => localStorage;
const short = () => sessionStorage;
const key = (name: string): string => `shanyrak.${name}#${new URL(".", location.href).pathname}`;

export const chosen = {
  language: (): string | null => read(long, key("language")),
  chooseLanguage: (language: string): void => write(long, key("language"), language),
  slow: (): boolean => read(long, key("slow")) === "1",
  chooseSlow: (slow: boolean): void => write(long, key("slow"), slow ? "1" : ""),
};

/** Where one stands and where one goes: forgotten with the tab, so that the next person at this phone does not see it. */
export const passing = {
  get<T>(name: string): T | null {
    try {
      return JSON.parse(read(short, key(name)) ?? "null") as T | null;
    } catch {
      return null;
    }
  },
  put: (name: string, value: unknown): void => write(short, key(name), value === null ? "" : JSON.stringify(value)),
};
