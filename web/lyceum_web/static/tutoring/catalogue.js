// @ts-check
/** What the lists of courses and of tutors share: the head, and what they are searched by. */
import { note, place } from "../router.js";
import { account } from "../sign-in.js";
import { html, useEffect, useId, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Title } from "../parts/title.js";
import { LANGUAGES, languageName } from "./languages.js";
import { WEEKDAYS, weekdayName } from "./repeat-fields.js";

const PAUSE = 300; // milliseconds without a key, after which it is looked for
const WIDE = "(min-width: 60rem)";
const NOTHING = { q: "", subject: "", language: "", weekday: "", sort: "" };
const TABS = [
  { address: "/courses", words: "catalogue.courses" },
  { address: "/tutors", words: "catalogue.tutors" },
];

/** @typedef {typeof NOTHING} Wish */

/** What is looked for: it stands in the address of the page. */
export function useWish() {
  const [wish, setWish] = useState(() => {
    const named = Object.keys(NOTHING).map((name) => [name, place.value.query.get(name) || ""]);
    return /** @type {Wish} */ (Object.fromEntries(named));
  });
  const change = (/** @type {Partial<Wish>} */ changes) => setWish((last) => ({ ...last, ...changes }));
  return { wish, change, clear: () => setWish({ ...NOTHING, sort: wish.sort }) };
}

/** @param {Wish} wish */
export const isAnything = ({ q, subject, language, weekday }) => !(q || subject || language || weekday);

/** @param {{ title: string, wish: Wish, children?: unknown }} properties */
export function CatalogueHead({ title, wish, children }) {
  const { path } = place.value;
  const search = new URLSearchParams(Object.entries(wish).filter(([name, value]) => value && name !== "sort"));
  return html`
    <div class="row apart">
      <${Title} of=${title} />
      ${account.value && html`<a class="button quiet" href="/enrollments">${t("lessons.title")}</a>`}
    </div>
    <nav class="tabs" aria-label=${t("catalogue.tabs")}>
      ${TABS.map(({ address, words }) => html`
        <a href="${address}${search.size ? `?${search}` : ""}" aria-current=${address === path ? "page" : undefined}>${t(words)}</a>
      `)}
    </nav>
    ${children}
  `;
}

/**
 * @param {{ wish: Wish, change: (changes: Partial<Wish>) => void, subjects: string[], children?: unknown }} properties
 * `subjects` are proposed
 */
export function Search({ wish, change, subjects, children }) {
  const [q, setQ] = useState(wish.q);
  useEffect(() => {
    const due = setTimeout(() => change({ q: q.trim() }), PAUSE);
    return () => clearTimeout(due);
  }, [q]);
  useEffect(() => setQ(wish.q), [wish.q]);
  useEffect(() => note(wish), [wish]);
  /** @param {keyof Wish} name */
  const chosen = (name) => (/** @type {any} */ event) => change({ [name]: event.target.value.trim() });
  const isFolded = !matchMedia(WIDE).matches && !(wish.subject || wish.language || wish.weekday);
  return html`
    <search class="stack">
      <label class="field"><span>${t("courses.search")}</span>
        <input type="search" dir="auto" maxlength="100" value=${q}
          onInput=${(/** @type {any} */ event) => setQ(event.target.value)} />
      </label>
      <details class="fold" open=${!isFolded}>
        <summary>${t("near.filters")}</summary>
        <div class="filters">
          <${Subject} subject=${wish.subject} change=${change} proposals=${subjects} />
          <${Choice} label=${t("catalogue.language")} value=${wish.language} onChange=${chosen("language")}
            choices=${languages(wish.language)} />
          <${Choice} label=${t("catalogue.weekday")} value=${wish.weekday} onChange=${chosen("weekday")}
            choices=${WEEKDAYS.map((day) => [day, weekdayName(day)])} />
          ${children}
        </div>
      </details>
    </search>
  `;
}

/** It is looked for as a whole, and so not while one types. @param {{ subject: string, change: (changes: Partial<Wish>) => void, proposals: string[] }} properties */
function Subject({ subject, change, proposals }) {
  const id = useId();
  const [typed, setTyped] = useState(subject);
  useEffect(() => setTyped(subject), [subject]);
  return html`
    <label class="field"><span>${t("course.subject")}</span>
      <input type="search" dir="auto" maxlength="100" list=${id} value=${typed}
        onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} onChange=${() => change({ subject: typed.trim() })}
        onKeyDown=${(/** @type {KeyboardEvent} */ { key }) => key === "Enter" && change({ subject: typed.trim() })} />
    </label>
    <datalist id=${id}>${proposals.map((each) => html`<option key=${each} value=${each} />`)}</datalist>
  `;
}

/** @param {string} chosen which may be one that is not proposed */
function languages(chosen) {
  const tags = new Set([...LANGUAGES, chosen].filter(Boolean));
  return [...tags].map((tag) => [tag, languageName(tag)]);
}

/** @param {{ label: string, value: string, choices: string[][], onChange: (event: Event) => void, any?: string }} properties */
export function Choice({ label, value, choices, onChange, any = t("near.any") }) {
  return html`
    <label class="field"><span>${label}</span>
      <select value=${value} onChange=${onChange}>
        <option value="">${any}</option>
        ${choices.map(([each, words]) => html`<option key=${each} value=${each}>${words}</option>`)}
      </select>
    </label>
  `;
}

/** @param {{ words: string, wish: Wish, clear: () => void }} properties */
export function Nothing({ words, wish, clear }) {
  return html`
    <div class="empty stack">
      <p>${isAnything(wish) ? words : t("catalogue.none_such")}</p>
      ${!isAnything(wish) && html`<p><button class="button quiet" onClick=${clear}>${t("catalogue.all")}</button></p>`}
    </div>
  `;
}

/** The subjects of what is shown, each once. @param {(string | null)[]} subjects */
export const proposed = (subjects) => [...new Set(subjects.filter(Boolean))].sort();
