// @ts-check
/** How far an assessment is taken: the share that is answered, whether it is saved, and the pages. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Icon } from "../parts/icon.js";

/** @param {{ done: number, all: number }} properties */
export function Progress({ done, all }) {
  const words = t("taking.answered", { count: done, all });
  return html`
    <p class="progress">
      <progress max=${all || 1} value=${done} aria-label=${words}></progress>
      <span aria-hidden="true">${words}</span>
    </p>
  `;
}

/** Said quietly; screen readers hear of it when the network is lost, and when it is back. @param {{ outbox: import("./answers.js").Outbox }} properties */
export function Saved({ outbox }) {
  const count = outbox.waiting.value.length;
  const isKept = outbox.isAway.value && count > 0;
  const [wasKept, setWasKept] = useState(false);
  useEffect(() => {
    if (isKept) setWasKept(true);
  }, [isKept]);
  const kept = t("taking.kept", { count });
  const saved = count ? t("taking.saving") : t("taking.saved");
  return html`
    <p class="saved small ${isKept ? "kept" : "muted"}" aria-hidden="true">${isKept ? kept : saved}</p>
    <p class="for-readers" role="status">${isKept ? kept : wasKept && !count && t("taking.saved")}</p>
  `;
}

/**
 * @param {{ pages: Schemas["PageSummary"][], current?: number, questions: Schemas["ShownQuestion"][],
 *   given: Record<number, unknown>, turn: (pageId: number) => void }} properties
 */
export function PageSteps({ pages, current, questions, given, turn }) {
  if (pages.length < 2) return null;
  const here = questions.filter((question) => question.id in given).length;
  const answeredOn = (/** @type {Schemas["PageSummary"]} */ page) => (page.id === current ? here : page.questions_answered);
  return html`
    <nav aria-label=${t("taking.pages")}>
      <ol role="list" class="steps">
        ${pages.map((page, index) => html`
          <li key=${page.id}>
            <button
              type="button" aria-current=${page.id === current ? "step" : undefined} onClick=${() => page.id !== current && turn(page.id)}
              aria-label=${t("taking.page", { page: index + 1, title: page.title, count: answeredOn(page), all: page.questions_total })}
            >
              ${answeredOn(page) === page.questions_total ? html`<${Icon} name="check" />` : html`<span>${number(index + 1)}</span>`}
              <bdi>${page.title}</bdi>
            </button>
          </li>
        `)}
      </ol>
    </nav>
  `;
}
