import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bearingDeg, direction, lineM } from "../src/core/find/arrow.ts";
import { sentence, type SentenceTexts, type Spoken } from "../src/core/find/sentence.ts";
import type { Shown } from "../src/core/find/trust.ts";
import { makeTexts, type Messages } from "../src/core/texts.ts";

const read = (folder: string, language: string): Messages => JSON.parse(readFileSync(`../spec/texts/${folder}/${language}.json`, "utf8")) as Messages;
const textsOf = (language: string): SentenceTexts => {
  const t = makeTexts<string>(language, { ...read("words", language), ...read("finder-sentence", language) }, {});
  return (key, values) => t(key, values).replaceAll("\u00a0", " ");
};
const english = textsOf("en");
const open: Spoken = {
  name: "School 12", address: "Shkilna 5", minutes: 9, lineM: null, direction: "n", state: "open", shown: "open", by: "duty", when: "At 17:40",
  band: "", onArrival: "", visitorsShut: 0, visitorsNotHere: 0, then: { name: "Park", minutes: 4, lineM: null },
};

test("the sentence for somebody else, as Python says it", () => {
  assert.equal(
    sentence(open, "112", english),
    "School 12, Shkilna 5. It is 9 minutes on foot. At 17:40 the person on duty said it is open. " +
      "If it is shut: Park, 4 minutes further on foot. This was said, not guaranteed. In an emergency call 112.",
  );
});

test("nobody said is never open; no place at all; no minutes for a straight line", () => {
  assert.match(sentence({ ...open, state: "unknown", shown: "unknown", by: "", when: "" }, "112", english), /Nobody has said yet/);
  assert.equal(sentence(null, "112", english), "No warm place is known here. In an emergency call 112.");
  const line = sentence({ ...open, minutes: null, lineM: 640, direction: "ne", then: null }, "112", english);
  assert.match(line, /about 640 metres away in a straight line, to the north-east/);
  assert.doesNotMatch(line, /minute/);
});

test("every language says every state without a hole", () => {
  for (const language of ["uk", "en", "kk", "de", "ru"]) {
    const t = textsOf(language);
    for (const shown of ["open", "not_confirmed", "paused", "closed", "ready", "unknown"] satisfies Shown[]) {
      const state = shown === "not_confirmed" || shown === "unknown" ? "open" : shown;
      for (const onArrival of ["", "opens_before", "shuts_before"] as const) {
        const said = sentence({ ...open, state, shown, onArrival, visitorsShut: 2, visitorsNotHere: 1 }, "112", t);
        assert.doesNotMatch(said, /[{}]|sentence\.|visitors\./, `${language} ${shown}`);
      }
    }
  }
});

test("arrows point as the vectors say", () => {
  const { arrow } = JSON.parse(readFileSync("../spec/vectors/ranking.json", "utf8")) as {
    arrow: { from: [number, number]; to: [number, number]; line_m: number; bearing_deg: number; direction: string }[];
  };
  for (const a of arrow) {
    const bearing = bearingDeg(...a.from, ...a.to);
    assert.deepEqual([lineM(...a.from, ...a.to), bearing, direction(bearing)], [a.line_m, a.bearing_deg, a.direction]);
  }
  assert.ok(arrow.length > 40);
});
