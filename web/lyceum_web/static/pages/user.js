// @ts-check
/** A person as others see them: what they say of themselves, host and teach, and how much they have learnt. */
import { get } from "../api.js";
import { BlockButton, isBlocking } from "../parts/block.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Initials } from "../parts/person.js";
import { ReportButton } from "../parts/report.js";
import { Status } from "../sessions/session-card.js";
import { Title } from "../parts/title.js";
import { When } from "../parts/when.js";
import { account, isSignedIn } from "../sign-in.js";
import { duration, formatted } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { number, say, t } from "../words.js";

/** @typedef {Schemas["ProfileOverview"]} Overview */

/** @param {{ id: string }} properties */
export default function User({ id }) {
  const overview = useLoaded((signal) => read(id, signal), [id]);
  return html`
    <div class="narrow stack wide">
      <${Loaded} of=${overview}>
        ${(/** @type {{ profile: Overview["profile"], overview?: Overview }} */ { profile, overview: found }) => html`
          <${Head} profile=${profile} />
          ${profile.bio && html`<p class="about" dir="auto">${profile.bio}</p>`}
          ${found ? html`<${Learnt} found=${found} /><${Hosts} found=${found} /><${Teaches} found=${found} />` : html`<${Visitor} />`}
          ${found && account.value?.id !== id && html`<${Apart} id=${id} name=${profile.display_name} />`}
        `}
      <//>
    </div>
  `;
}

/** Visitors see the profile alone. @param {string} id @param {AbortSignal} signal */
async function read(id, signal) {
  const options = { params: { user_id: id }, signal };
  if (!isSignedIn()) return { profile: await get("/api/users/{user_id}", options) };
  const overview = await get("/api/users/{user_id}/overview", options);
  return { profile: overview.profile, overview };
}

/** @param {{ profile: Overview["profile"] }} properties */
function Head({ profile }) {
  const { display_name: name, username, created_at: since } = profile;
  return html`
    <header class="row profile">
      <${Initials} name=${name} />
      <div>
        <${Title} of=${name} dir="auto" />
        <p class="muted"><bdi>@${username}</bdi>${" · "}${t("user.since", { time: formatted(since, { month: "long", year: "numeric" }) })}</p>
      </div>
      ${account.value?.id === profile.id && html`<a class="button quiet end" href="/account">${t("frame.account")}</a>`}
    </header>
  `;
}

function Visitor() {
  const link = html`<a href="/sign-in?then=${encodeURIComponent(location.pathname)}">${t("sign_in")}</a>`;
  return html`<p class="notice">${say("user.sign_in", { link })}</p>`;
}

/** @param {{ found: Overview }} properties */
function Learnt({ found: { rating, havrutas, experience } }) {
  const isAway = !rating || !havrutas || !experience;
  return html`
    <section class="stack" aria-label=${t("user.learnt")}>
      <dl class="figures">
        ${havrutas && html`<${Figure}
          of=${t("user.together", { count: havrutas.sessions })} value=${number(havrutas.sessions)}
          more=${havrutas.minutes > 0 && duration(havrutas.minutes)}
        />`}
        ${experience && html`<${Figure}
          of=${t("user.points", { count: experience.total_xp })} value=${number(experience.total_xp)}
          more=${t("user.assessments", { count: experience.assessments_completed })}
        />`}
        ${rating && rating.count > 0 && html`<${Figure}
          of=${t("user.rating")} value=${t("user.stars", { average: number(rating.average || 0, { maximumFractionDigits: 1 }) })}
          more=${t("user.reviews", { count: rating.count })}
        />`}
      </dl>
      ${isAway && html`<p class="notice warm" role="status">${t("user.figures_away")}</p>`}
    </section>
  `;
}

/** @param {{ of: string, value: string, more: unknown }} properties */
const Figure = ({ of: name, value, more }) => html`
  <div class="figure"><dt>${name}</dt><dd class="figure-value">${value}</dd>${more && html`<dd class="muted small">${more}</dd>`}</div>
`;

/** @param {{ found: Overview }} properties */
function Hosts({ found: { study_sessions: sessions } }) {
  if (sessions?.items.length === 0) return null;
  return html`
    <section class="stack" aria-labelledby="hosts">
      <h2 id="hosts">${t("user.hosts")}</h2>
      ${!sessions && html`<p class="notice warm" role="status">${t("user.hosts_away")}</p>`}
      ${sessions && html`
        <ul role="list" class="card results">${sessions.items.map((each) => html`
          <li key=${each.id} class="result"><div>
            <h3><a href="/study-sessions/${each.id}"><bdi>${each.title}</bdi></a></h3>
            <p class="row small"><${Status} session=${each} /><${When} at=${each.starts_at} /></p>
            <p class="muted small"><bdi>${each.subject}</bdi>${" · "}${t("user.seats", { count: each.seats_left })}</p>
          </div></li>
        `)}</ul>
      `}
    </section>
  `;
}

/** @param {{ found: Overview }} properties */
function Teaches({ found: { courses, profile } }) {
  if (courses?.items.length === 0) return null;
  return html`
    <section class="stack" aria-labelledby="teaches">
      <h2 id="teaches">${t("user.teaches")}</h2>
      ${!courses && html`<p class="notice warm" role="status">${t("user.teaches_away")}</p>`}
      ${courses && html`
        <ul role="list" class="card results">${courses.items.map((each) => html`
          <li key=${each.id} class="result"><div>
            <h3><a href="/courses/${each.id}"><bdi>${each.title}</bdi></a></h3>
            ${each.subject && html`<p class="muted small"><bdi>${each.subject}</bdi></p>`}
          </div></li>
        `)}</ul>
        <p><a class="tap" href="/tutors/${profile.id}">${t("user.as_tutor")}</a></p>
      `}
    </section>
  `;
}

/** How one keeps away from them. @param {{ id: string, name: string }} properties */
function Apart({ id, name }) {
  const known = useLoaded((signal) => isBlocking(id, signal), [id]);
  const [isBlocked, setBlocked] = useState(/** @type {boolean | null} */ (null));
  const blocks = isBlocked ?? known.value;
  return html`
    <footer class="stack apart-from">
      <p role="status" class=${blocks ? "notice" : ""}>${blocks && t("block.blocked", { name })}</p>
      <div class="row">
        ${blocks !== undefined && html`<${BlockButton} id=${id} name=${name} isBlocked=${blocks} onChange=${setBlocked} />`}
        <${ReportButton} about="person" id=${id} />
      </div>
    </footer>
  `;
}
