/** 8. Help cards: in this page itself, so that they are there without a network. Where they come from: docs/decisions. */
import { to } from "../route.ts";
import type { T } from "../texts.ts";
import { Heading, say } from "./parts.tsx";

const CARDS = ["co", "fire", "collapsed", "minor", "medicine", "aggressive", "power"] as const;
const CALL: Readonly<Record<string, readonly string[]>> = {
  co: ["101", "112"],
  fire: ["101", "112"],
  collapsed: ["103", "112"],
  minor: ["102", "112"],
  medicine: ["103"],
  aggressive: ["102", "112"],
  power: ["101"],
};

export function Cards({ t }: { t: T }) {
  return (
    <>
      <Heading>
        <Cross /> {t("now.cards")}
      </Heading>
      <nav class="acts" aria-label={t("now.cards")}>
        {CARDS.map((card) => (
          <a key={card} class="act act-answer" href={to("card", card)}>
            {t(`card.${card}`)}
          </a>
        ))}
      </nav>
      <p class="quiet">{t("card.note")}</p>
    </>
  );
}

export function CardPage({ t, id }: { t: T; id: string }) {
  const card = CARDS.find((one) => one === id);
  if (!card) return <Cards t={t} />;
  return (
    <>
      <Heading>{t(`card.${card}`)}</Heading>
      <Steps t={t} of={`card.${card}`} />
      <div class="calls">
        {(CALL[card] ?? []).map((number) => (
          <a key={number} class="act act-strong" href={`tel:${number}`}>
            {t("app.call", { number })}
          </a>
        ))}
      </div>
      <p class="quiet">{t("card.note")}</p>
      <a class="act act-quiet" href={to("cards")}>
        {t("now.cards")}
      </a>
    </>
  );
}

/** Numbered steps in large type: `<of>.1`, `<of>.2`, ... as many as there are. */
export function Steps({ t, of }: { t: T; of: string }) {
  const keys = Array.from({ length: 9 }, (_, k) => `${of}.${k + 1}`).filter((key) => t.find(key) !== null);
  return (
    <ol class="helpsteps">
      {keys.map((key) => (
        <li key={key}>{say(t, key)}</li>
      ))}
    </ol>
  );
}

/** First aid: a white cross on green. */
function Cross() {
  return (
    <svg class="aid" viewBox="0 0 24 24" width="32" height="32" aria-hidden="true">
      <rect width="24" height="24" rx="4" fill="#0a6b3d" />
      <path d="M10 5h4v5h5v4h-5v5h-4v-5H5v-4h5z" fill="#fff" />
    </svg>
  );
}
