/**
 * One form for names in any script, so that what people type meets what the map says: the twin of `area/fold_text.py`.
 * Everything becomes lower-case Latin without marks (Ukrainian by KMU-55, with the letters of Russian and Kazakh);
 * then what people mix up is made one: ґ and г, ё and е, и, і, ї, й and y, apostrophes, ae and ä, hyphens and spaces.
 */

const BEGIN: Readonly<Record<string, string>> = { є: "ye", ї: "yi", й: "y", ю: "yu", я: "ya" };
const LETTERS: ReadonlyMap<string, string> = new Map(
  (
    "а:a б:b в:v г:h ґ:g д:d е:e є:ie ж:zh з:z и:y і:i ї:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch " +
    "ш:sh щ:shch ю:iu я:ia ь: ё:e ы:y э:e ъ: ў:u ә:a ғ:g қ:k ң:n ө:o ұ:u ү:u һ:h ß:ss ł:l ø:o đ:d æ:ae œ:oe ı:i þ:th ð:d ς:σ"
  )
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);
const APOSTROPHES = /['’‘ʼʹ`´′"“”„«»]/g;
const WORD = /[\p{L}\p{N}]+/gu;
const LOOSE: readonly (readonly [string, string])[] = [
  ["sch", "sh"], ["zgh", "zh"], ["ae", "a"], ["oe", "o"], ["ue", "u"], ["g", "h"], ["j", "i"], ["y", "i"], ["w", "v"],
];
const TYPES: Readonly<Record<string, string>> = {
  street:
    "вулиця вул улица ул көшесі көш street str st straße strasse rue r rua calle c via ulica ulitsa vulytsia vul katu gatan",
  lane: "провулок пров переулок пер lane ln gasse travessa tv ruelle provulok prov",
  avenue: "проспект просп пр пр-т даңғылы avenue ave av avenida allee prospekt prosp",
  boulevard: "бульвар бул б-р boulevard blvd bd bulvar",
  square: "площа пл площадь алаңы square sq platz place plaza praça largo ploshcha",
  road: "дорога шосе шоссе road rd weg chemin estrada route route shose",
  quay: "набережна наб набережная quay quai ufer naberezhna embankment",
  descent: "узвіз спуск uzviz",
  district: "мікрорайон мкр микрорайон мкрн район р-н district",
};

/** Lower-case Latin letters, digits and what stands between them; other scripts stay as they are. */
export function romanised(text: string): string {
  const plain = text.replace(APOSTROPHES, "").normalize("NFKC").toLowerCase().normalize("NFKC");
  const lower = plain.replace(APOSTROPHES, "").replaceAll("зг", "zgh");
  let out = "";
  let begins = true;
  for (const letter of lower) {
    const latin: string | undefined = begins && Object.hasOwn(BEGIN, letter) ? BEGIN[letter] : LETTERS.get(letter);
    const plainly: boolean = latin !== undefined || letter < "\x80"; // most letters need no look into Unicode's tables
    out += latin ?? (plainly ? letter : letter.normalize("NFKD").replace(/\p{Mn}/gu, ""));
    begins = latin === undefined && (plainly ? !/[a-z0-9]/.test(letter) : !/[\p{L}\p{N}]/u.test(letter));
  }
  return out;
}

/** A romanised word with what people mix up made one. */
export function loose(word: string): string {
  let out = word;
  for (const [typed, kept] of LOOSE) out = out.replaceAll(typed, kept);
  return out.replace(/i+/g, "i");
}

const KINDS = new Map(
  Object.entries(TYPES).flatMap(([kind, words]) => words.split(" ").map((word) => [loose(romanised(word).replaceAll("-", "")), kind] as const)),
);
const GLUED = ["strasse", "straße", "str"].map(loose);

export interface Words {
  /** Those that tell a name from others. */
  readonly words: readonly string[];
  /** Kinds of street it names. */
  readonly kinds: ReadonlySet<string>;
}

/** The words of a name that tell it from others: `вул. Шкільна` is `shkilna`, a street. */
export function wordsOf(text: string): Words {
  const all = [...romanised(text.replaceAll("пр-т", "просп").replaceAll("р-н", "район").replaceAll("б-р", "бул")).matchAll(WORD)].map((match) => loose(match[0]));
  const words: string[] = [];
  const kinds = new Set<string>();
  for (const word of all) {
    const kind = KINDS.get(word);
    if (kind !== undefined) {
      kinds.add(kind);
      continue;
    }
    const glued = GLUED.find((end) => word.endsWith(end) && word.length > end.length + 2);
    if (glued !== undefined) kinds.add("street");
    words.push(glued === undefined ? word : word.slice(0, -glued.length));
  }
  return { words: words.length > 0 ? words : all, kinds };
}
