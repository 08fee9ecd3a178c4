// @ts-check
/** Says in words what went wrong, and what to do. */
import { html, useState } from "../vendor/ui.js";
import { hasWords, language, t } from "../words.js";

/** @typedef {{ status: number, code: string, title?: string, detail?: string, retryAfter?: number }} Problem */

/** What a problem means, in the language of the page. The API names it in English. @param {Problem} problem */
export function wordsOn(problem) {
  const key = `problem.${problem.code}`;
  if (hasWords(key)) return t(key, { seconds: problem.retryAfter || 1 });
  if (problem.status >= 500) return t("problem.unavailable", {});
  return (language.value === "en" && problem.title) || t("problem.unknown", {});
}

/** In place of what could not be shown. @param {{ problem: Problem, again?: () => void }} properties */
export function Trouble({ problem, again }) {
  // The page may have a heading of its own.
  const [Heading] = useState(() => (document.querySelector("main h1") ? "h2" : "h1"));
  const missing = problem.status === 404;
  const title = missing ? "trouble.missing" : "trouble.title";
  return html`
    <div class="trouble">
      <${Heading} tabindex="-1">${t(title)}<//>
      <p role="alert">${missing ? t("trouble.missing_why") : wordsOn(problem)}</p>
      <p class="row">
        ${again && !missing && html`<button class="button" onClick=${again}>${t("again")}</button>`}
        <a class="button quiet" href="/">${t("trouble.home")}</a>
      </p>
    </div>
  `;
}

/** Next to what the person did. @param {{ problem: Problem | null }} properties */
export function Refusal({ problem }) {
  return html`<div role="alert">${problem && html`<p class="refusal">${wordsOn(problem)}</p>`}</div>`;
}
