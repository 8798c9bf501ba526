import { useEffect } from "preact/hooks";
import type { Account as Story, Statement, Step, Town } from "../../core/public.ts";
import { to } from "../route.ts";
import type { FinderKey, T } from "../texts.ts";
import { happened, here, label } from "../words.ts";
import { Heading, Row } from "./parts.tsx";
import type { Props } from "./props.ts";

const STEPS = ["supported", "promised", "on_the_way", "arrived", "standing", "served", "paid_until", "thanks", "taken_back"];

/** 8. Who stands behind this? */
export function Account({ state, act, id }: Props & { id: string }) {
  const { t, town, accounts } = state;
  useEffect(() => void act.openAccounts(), []);
  if (!town) return null;
  const account = accounts?.find((one) => one.id === id);
  if (!account) {
    return (
      <>
        <Heading>{t("account.ask")}</Heading>
        <p role="status">{t(accounts === null ? "account.coming" : "account.none")}</p>
      </>
    );
  }
  const point = town.points.find((one) => one.id === id);
  return (
    <>
      <Heading>{t("account.ask")}</Heading>
      <p class="account-name">{here(t, town, account.names) || (point ? here(t, town, point.names) : "")}</p>
      {account.archive && <p class="word">{t("account.archive")}</p>}
      {here(t, town, account.idea) && <p>{here(t, town, account.idea)}</p>}
      <dl class="facts">
        {account.servedVisits !== null && (
          <Row term={t("step.served")}>
            {t("account.served", { n: account.servedVisits })} {account.servedUntil && t("account.until_day", { day: happened(t, account.servedUntil) })}
          </Row>
        )}
        {account.paidUntil && <Row term={t("step.paid_until")}>{happened(t, account.paidUntil)}</Row>}
      </dl>
      {STEPS.map((name) => {
        const steps = account.steps.filter((step) => step.step === name);
        if (steps.length === 0) return null;
        return (
          <section key={name}>
            <h2>{t(`step.${name}` as FinderKey)}</h2>
            <ul class="steps">
              {steps.map((step, k) => (
                <li key={k}>
                  <StepLine t={t} town={town} account={account} step={step} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {account.statements.length > 0 && (
        <section>
          <h2>{t("account.statements")}</h2>
          <ul class="statements">
            {account.statements.map((statement) => (
              <li key={statement.id} id={`s-${statement.id.slice(0, 16)}`}>
                <Words t={t} account={account} statement={statement} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {account.points.length > 0 && (
        <section>
          <h2>{t("account.points")}</h2>
          <ul class="rows">
            {account.points.map((other) => (
              <li key={other}>
                <a class="row" href={to("place", other)}>
                  <b>{here(t, town, account.namesOf[other] ?? {}) || other.slice(0, 8)}</b>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {point && point.initiative && (
        <a class="act act-quiet" href={to("account", point.initiative)}>
          {t("account.initiative")}
        </a>
      )}
    </>
  );
}

function StepLine({ t, town, account, step }: { t: T; town: Town; account: Story; step: Step }) {
  const what = step.what ? (t.find(`help.${step.what}`) ?? t.find(`kind.${step.what}`) ?? step.what) : "";
  const where = step.point && step.point !== account.id ? here(t, town, account.namesOf[step.point] ?? {}) : "";
  const line = [step.count !== null && step.count !== 1 ? [t.number(step.count), what].filter(Boolean).join(" × ") : what, step.name, where].filter(Boolean).join(" · ");
  return (
    <>
      {line && <b>{line}</b>}
      <small class="quiet">{happened(t, step.happened)}</small>
      {step.sources.length > 0 && (
        <details>
          <summary>{t("account.record", { n: step.sources.length })}</summary>
          <ul class="sources">
            {step.sources.map((source) => (
              <li key={source.id}>
                {[happened(t, source.happened), t.find(`who.${source.by}`) ?? source.by].filter(Boolean).join(" · ")} <code>{source.id.slice(0, 16)}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Words({ t, account, statement }: { t: T; account: Story; statement: Statement }) {
  const { words, lang } = statement;
  const own = words[t.language] ? t.language : words[lang] ? lang : (Object.keys(words)[0] ?? lang);
  const replied = account.statements.find((other) => other.id === statement.inReplyTo);
  return (
    <>
      <p class="who">
        <b>{[statement.who, statement.role].filter(Boolean).join(", ")}</b> <span class="quiet">{happened(t, statement.happened)}</span>
      </p>
      {replied && (
        <p class="quiet">
          {t("account.reply_to", { who: replied.who })}
        </p>
      )}
      <blockquote lang={own}>{label(words, own)}</blockquote>
      <p class="quiet">
        {t(statement.ownWords ? "account.own_words" : "account.reported")}
        {own !== lang && ` ${t("account.translated")}`} {statement.quotedVia && t("account.quoted_via", { name: statement.quotedVia })}{" "}
        {statement.url ? (
          <a href={statement.url} rel="noopener noreferrer nofollow" target="_blank">
            {t("account.source")}
          </a>
        ) : (
          !statement.sourceKnown && t("account.no_source")
        )}
      </p>
    </>
  );
}
