import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import en from "#texts/en.json";
import uk from "#texts/uk.json";
import { chooseLanguage } from "../src/core/languages.ts";
import { makeTexts, type Message, percent, slug } from "../src/core/texts.ts";

const english = makeTexts("en", en, {});
const ukrainian = makeTexts("uk", uk, en);
const NBSP = "\u00a0";

test("a number chooses the form", () => {
  assert.equal(english("plan.people", { n: 1 }), "1 person");
  assert.equal(english("plan.people", { n: 21400 }), "21,400 people");
});

test("a number stays on one line with a short unit, and may leave a long word", () => {
  assert.equal(english("plan.minutes_short", { n: 15 }), `15${NBSP}min`);
  assert.equal(english("plan.minutes", { n: 15 }), "15 minutes");
  assert.equal(percent(ukrainian, 0.97), `97${NBSP}%`);
});

test("Ukrainian has three forms: 1 and 21, 2 to 4, the rest", () => {
  const people = (n: number): string => ukrainian("plan.people", { n }).replaceAll(NBSP, " ");
  assert.deepEqual(
    [1, 2, 5, 11, 12, 21, 22, 25, 111].map(people),
    ["1 людина", "2 людини", "5 людей", "11 людей", "12 людей", "21 людина", "22 людини", "25 людей", "111 людей"],
  );
});

test("exactly one may have a text of its own, 21 has not", () => {
  const t = makeTexts("uk", { "plan.places": { "=1": "місце", one: "{n} місце", other: "?" } }, {});
  assert.equal(t("plan.places", { n: 1 }), "місце");
  assert.equal(t("plan.places", { n: 21 }), "21 місце");
});

test("what a language lacks comes from English; what nobody has is null", () => {
  const t = makeTexts("kk", {}, en);
  assert.equal(t("app.try_again"), "Try again");
  assert.equal(t.find("plan.detail.lighthouse"), null);
});

test("a share is rounded down: nobody is promised more", () => {
  assert.equal(percent(english, 0.9799), "97.9%");
  assert.equal(percent(english, 0.97), "97%");
  assert.equal(percent(english, 1), "100%");
});

test("values of the data become keys", () => {
  assert.equal(slug("estimated from buildings"), "estimated_from_buildings");
  assert.equal(slug("not asked"), "not_asked");
});

test("English and Ukrainian have the same keys and the same placeholders", () => {
  const holes = (message: Message): string[] => {
    const texts = typeof message === "string" ? [message] : Object.values(message);
    return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? "")))].sort();
  };
  assert.deepEqual(Object.keys(uk).sort(), Object.keys(en).sort());
  for (const [key, message] of Object.entries(en)) {
    assert.deepEqual(holes((uk as Record<string, Message>)[key] ?? ""), holes(message), key);
  }
});

test("every text with forms has all forms its language asks for", () => {
  for (const [language, messages] of [["en", en], ["uk", uk]] as const) {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, message] of Object.entries(messages as Record<string, Message>)) {
      if (typeof message !== "string") assert.deepEqual(wanted.filter((c) => !(c in message)), [], `${language} ${key}`);
    }
  }
});

test("the words for a made-up town are there in all five languages", () => {
  const banners = ["uk", "en", "kk", "de", "ru"].map((language) => {
    const messages = JSON.parse(readFileSync(`../spec/texts/${language}.json`, "utf8")) as Record<string, string>;
    return messages["made_up.banner"];
  });
  assert.equal(new Set(banners).size, 5);
  assert.ok(banners.every(Boolean));
});

test("no word of our internals is on the screen", () => {
  const internals = /\b(gap|bound|incumbent|fold|solver|optimal|coverage|demand|kernel|розв’язувач|оптимальн\w*)\b/iu;
  for (const messages of [en, uk]) {
    for (const [key, message] of Object.entries(messages as Record<string, Message>)) {
      assert.doesNotMatch(JSON.stringify(message), internals, key);
    }
  }
});

test("the language: asked for, else chosen before, else the browser's first that we speak, else English", () => {
  assert.equal(chooseLanguage("uk", "en", ["en"]), "uk");
  assert.equal(chooseLanguage(null, "uk", ["en"]), "uk");
  assert.equal(chooseLanguage(null, null, ["pl-PL", "uk-UA", "en"]), "uk");
  assert.equal(chooseLanguage("xx", "yy", ["ja"]), "en");
});
