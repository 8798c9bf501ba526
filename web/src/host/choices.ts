/** What a person chose on this phone. A browser may forbid to keep it; then it lasts as long as the page. */
const passing = new Map<string, string>();

function read(key: string): string | null {
  try {
    return localStorage.getItem(`shanyrak.host.${key}`) ?? passing.get(key) ?? null;
  } catch {
    return passing.get(key) ?? null;
  }
}

function write(key: string, value: string): void {
  passing.set(key, value);
  try {
    localStorage.setItem(`shanyrak.host.${key}`, value);
  } catch {
    // It holds until the page is closed.
  }
}

export const chosen = {
  language: (): string | null => read("language"),
  chooseLanguage: (language: string): void => write("language", language),
  dark: (): boolean => read("dark") === "1",
  chooseDark: (always: boolean): void => write("dark", always ? "1" : ""),
};
