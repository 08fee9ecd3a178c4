// @ts-check
/** Sessions, courses, texts and people by words; found while one types. */
import { get } from "../api.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Initials, Person } from "../parts/person.js";
import { Status } from "../sessions/session-card.js";
import { Title } from "../parts/title.js";
import { When } from "../parts/when.js";
import { note, place } from "../router.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { language, t } from "../words.js";

const LONGEST = 50; // characters
const PAUSE = 300; // milliseconds after a letter
const FIRST = 5;
const MOST = 20; // of each kind

/** What the address asks for. */
const asked = () => (place.value.query.get("q") || "").slice(0, LONGEST).trim();

export default function Search() {
  const [wish, setWish] = useState(() => ({ q: asked(), limit: FIRST }));
  const [typed, setTyped] = useState(asked);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const here = place.value;
  const results = useLoaded((signal) => (wish.q ? get("/api/search", { query: wish, signal }) : Promise.resolve(null)), [wish]);

  useEffect(() => {
    setTyped(asked());
    look(asked());
    if (!asked()) field.current?.focus();
  }, [here]);
  useEffect(() => {
    const pause = setTimeout(() => look(typed), PAUSE);
    return () => clearTimeout(pause);
  }, [typed]);

  function look(/** @type {string} */ words) {
    const q = words.trim();
    setWish((last) => (last.q === q ? last : { q, limit: FIRST }));
    note({ q });
  }
  function onSubmit(/** @type {Event} */ event) {
    event.preventDefault();
    look(typed);
  }
  return html`
    <div class="narrow stack wide">
      <${Title} of=${t("search.title")} />
      <search>
        <form class="row search" onSubmit=${onSubmit}>
          <input
            ref=${field} type="search" name="q" dir="auto" maxlength=${LONGEST} autocomplete="off" enterkeyhint="search"
            aria-label=${t("search.words")} placeholder=${t("search.words")} value=${typed}
            onInput=${(/** @type {Event} */ event) => setTyped(/** @type {HTMLInputElement} */ (event.target).value)}
          />
          <button class="button"><${Icon} name="search" />${t("search.press")}</button>
        </form>
      </search>
      <${Loaded} of=${results}>
        ${(/** @type {Schemas["SearchResults"] | null} */ found) => html`
          <${Found} found=${found} q=${wish.q} isStale=${results.isStale} />
          ${hasMore(found) && wish.limit < MOST && html`
            <p><button class="button quiet" onClick=${() => setWish({ ...wish, limit: MOST })}>${t("more")}</button></p>
          `}
        `}
      <//>
    </div>
  `;
}

/** The kinds in the order in which they are shown. @param {Schemas["SearchResults"]} found */
const partsOf = ({ study_sessions: sessions, courses, texts, people }) => ({ people, sessions, courses, texts });

/** @param {Schemas["SearchResults"] | null} found */
const hasMore = (found) => found && Object.values(partsOf(found)).some((part) => part?.next);

/** @param {{ found: Schemas["SearchResults"] | null, q: string, isStale: boolean }} properties */
function Found({ found, q, isStale }) {
  if (!found) return html`<p class="muted">${t("search.hint")}</p>`;
  const parts = Object.entries(partsOf(found));
  const count = parts.reduce((sum, [, part]) => sum + (part?.items.length || 0), 0);
  const isAway = parts.some(([, part]) => part === null);
  return html`
    <p role="status" class=${count || isAway ? "for-readers" : "empty"}>
      ${isStale ? t("loading") : (count || !isAway) && saidOf(count, q)}
    </p>
    ${parts.map(([kind, part]) => html`<${Group} key=${kind} kind=${kind} part=${part} />`)}
  `;
}

/** @param {number} count @param {string} q */
const saidOf = (count, q) => (count ? t("search.found", { count }) : t("search.nothing", { q }));

/** @type {Record<string, (item: any) => unknown>} */
const ROWS = { people: personRow, sessions: sessionRow, courses: courseRow, texts: textRow };

/** @param {{ kind: string, part: { items: any[] } | null }} properties null if its service is away */
function Group({ kind, part }) {
  if (part?.items.length === 0) return null;
  return html`
    <section class="stack" aria-labelledby="found-${kind}">
      <h2 id="found-${kind}">${t(`search.${kind}`)}</h2>
      ${!part && html`<p class="notice warm">${t("search.away")}</p>`}
      ${part && html`<ul role="list" class="card results">${part.items.map(ROWS[kind])}</ul>`}
    </section>
  `;
}

/** @param {Schemas["FoundPerson"]} person */
function personRow({ id, username, display_name: name }) {
  return html`
    <li key=${id} class="result">
      <${Initials} name=${name} />
      <div><h3><a href="/users/${id}"><bdi>${name}</bdi></a></h3><p class="muted small"><bdi>@${username}</bdi></p></div>
    </li>
  `;
}

/** @param {Schemas["FoundStudySession"]} session */
function sessionRow(session) {
  return html`
    <li key=${session.id} class="result">
      <div>
        <h3><a href="/study-sessions/${session.id}"><bdi>${session.title}</bdi></a></h3>
        <p class="row small"><${Status} session=${session} /><${When} at=${session.starts_at} /></p>
        <p class="muted small">
          <bdi>${session.subject}</bdi>${" · "}${t(`mode.${session.mode}`)}${" · "}
          <${Person} id=${session.host_id} name=${session.host_display_name} isLink=${false} />
        </p>
      </div>
    </li>
  `;
}

/** @param {Schemas["FoundCourse"]} course */
function courseRow({ id, title, subject, tutor_id: tutor, tutor_display_name: name }) {
  return html`
    <li key=${id} class="result">
      <div>
        <h3><a href="/courses/${id}"><bdi>${title}</bdi></a></h3>
        <p class="muted small">${subject && html`<bdi>${subject}</bdi> · `}<${Person} id=${tutor} name=${name} isLink=${false} /></p>
      </div>
    </li>
  `;
}

/** @param {Schemas["FoundText"]} text */
function textRow({ slug, name, hebrew_name: hebrew, collection }) {
  const [first, second] = language.value === "he" ? [hebrew, name] : [name, hebrew];
  return html`
    <li key=${slug} class="result">
      <div>
        <h3><a href="/texts/${slug}"><bdi>${first}</bdi> <bdi class="muted">${second}</bdi></a></h3>
        <p class="muted small">${t(`search.in_${collection}`)}</p>
      </div>
    </li>
  `;
}
