// @ts-check
/** When the person is reminded of a session: as usual, at times of their own, or not at all. */
import { get, put } from "../api.js";
import { duration } from "../time.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { listed, t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Form, Submit, Tick, useForm } from "./form.js";
import { useLoaded } from "./loading.js";

const TIMES = [24 * 60, 120, 60, 15, 5]; // minutes; as many as one may choose
const WAYS = ["default", "own", "none"];

/** @typedef {"/api/study-sessions/{session_id}/reminders" | "/api/havruta-sessions/{session_id}/reminders"} Path */
/** @typedef {{ minutes_before: number[] | null, default_minutes_before: number[] }} Chosen */

/** @param {{ path: Path, id: string }} properties */
export function Reminders({ path, id }) {
  const params = { session_id: id };
  const [isAsked, setAsked] = useState(false);
  const chosen = useLoaded((signal) => get(path, { params, signal }), [id]);
  if (!chosen.value) return null;
  async function choose(/** @type {number[] | null} */ minutes) {
    chosen.set(await put(path, { params, body: { minutes_before: minutes } }));
    tell(t("reminders.saved"));
    setAsked(false);
  }
  const { minutes_before: own, default_minutes_before: usual } = chosen.value;
  const times = own || usual;
  return html`
    <div class="row reminders">
      <span class="small muted">${times.length ? t("reminders.at", { times: inWords(times) }) : t("reminders.off")}</span>
      <button type="button" class="link small" onClick=${() => setAsked(true)}>${t("reminders.change")}</button>
      ${isAsked && html`<${Choosing} chosen=${chosen.value} choose=${choose} close=${() => setAsked(false)} />`}
    </div>
  `;
}

/** @param {number[]} times */
const inWords = (times) => listed(times.map(duration));

/** @param {Chosen} chosen */
function wayOf({ minutes_before: own }) {
  if (!own) return "default";
  return own.length ? "own" : "none";
}

/** @param {{ chosen: Chosen, choose: (minutes: number[] | null) => Promise<void>, close: () => void }} properties */
function Choosing({ chosen, choose, close }) {
  const { minutes_before: own, default_minutes_before: usual } = chosen;
  const [way, setWay] = useState(wayOf(chosen));
  const times = [...new Set([...TIMES, ...(own || [])])].sort((one, other) => other - one);
  const form = useForm(async (values) => {
    const ticked = times.filter((each) => values[`before_${each}`]);
    await choose(way === "default" ? null : ticked);
  });
  return html`
    <${Dialog} title=${t("reminders.title")} close=${close}>
      <${Form} of=${form}>
        <fieldset>
          <legend>${t("reminders.when")}</legend>
          ${WAYS.map((each) => html`
            <${Tick}
              key=${each} type="radio" name="way" value=${each} label=${t(`reminders.way_${each}`, { times: inWords(usual) })}
              checked=${each === way} onChange=${() => setWay(each)}
            />
          `)}
        </fieldset>
        ${way === "own" && html`
          <fieldset>
            <legend>${t("reminders.times")}</legend>
            ${times.map((each) => html`
              <${Tick} key=${each} name=${`before_${each}`} label=${t("lesson_form.before", { time: duration(each) })} defaultChecked=${(own || []).includes(each)} />
            `)}
          </fieldset>
        `}
        <div class="row"><${Submit} of=${form}>${t("save")}<//></div>
      <//>
    <//>
  `;
}
