// @ts-check
/** A planned session: who comes, its beginning, and its other time or end. */
import { patch, post } from "../api.js";
import { account } from "../sign-in.js";
import { clockTime, duration, MINUTE, moment, wallTime } from "../time.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "../parts/action.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Person } from "../parts/person.js";
import { Reminders } from "../parts/reminders.js";
import { Rsvp } from "./rsvp.js";
import { ScopeField } from "../parts/scope-field.js";
import { LENGTHS } from "./session-plan.js";
import { Title } from "../parts/title.js";
import { Span } from "../parts/when.js";

const OPEN_BEFORE = 15 * MINUTE;
const REMINDERS = "/api/havruta-sessions/{session_id}/reminders";
const USUAL = 60; // minutes, of a plan that says nothing

/** @typedef {Schemas["ListedHavrutaSession"]} Session */

/** @param {{ session: Session, isOwner: boolean, again: () => void }} properties */
export function PlannedSession({ session, isOwner, again }) {
  const { id, starts_at: at, planned_minutes: minutes, created_by: planner } = session;
  const opens = new Date(new Date(at).getTime() - OPEN_BEFORE);
  const isOpen = useReached(opens);
  async function start() {
    await post("/api/havruta-sessions/{session_id}/start", { params: { session_id: id } });
    again();
  }
  return html`
    <div class="narrow stack wide">
      <header class="stack tight">
        <${Title} of=${t("study.planned")} />
        <p class="covered"><${Span} at=${at} minutes=${minutes || USUAL} /></p>
        <p class="muted">${say("study.planned_by", { name: html`<${Person} id=${planner} name=${session.created_by_display_name || null} />` })}</p>
      </header>
      <${Rsvp} id=${id} />
      <${Reminders} path=${REMINDERS} id=${id} />
      ${isOpen && html`<p><${Action} work=${start}>${t("study.start")}<//></p>`}
      ${!isOpen && html`<p class="notice">${t("study.opens", { time: clockTime(opens) })}</p>`}
      ${(isOwner || planner === account.value?.id) && html`<${Changes} session=${session} again=${again} />`}
    </div>
  `;
}

/** Whether the moment has come; the page is shown again when it does. @param {Date} at */
function useReached(at) {
  const [now, setNow] = useState(Date.now);
  const left = at.getTime() - now;
  useEffect(() => {
    if (left <= 0) return undefined;
    // Browsers take no longer pause than 24 days.
    const timer = setTimeout(() => setNow(Date.now()), Math.min(left, 24 * 3600_000) + 100);
    return () => clearTimeout(timer);
  }, [left]);
  return left <= 0;
}

/** @param {{ session: Session, again: () => void }} properties */
function Changes({ session, again }) {
  const [asked, setAsked] = useState("");
  const close = () => setAsked("");
  return html`
    <div class="row">
      <button type="button" class="button quiet" onClick=${() => setAsked("move")}>${t("study.move")}</button>
      <button type="button" class="button danger" onClick=${() => setAsked("cancel")}>${t("study.cancel")}</button>
    </div>
    ${asked === "move" && html`<${Move} session=${session} close=${close} done=${again} />`}
    ${asked === "cancel" && html`<${Cancel} session=${session} close=${close} done=${again} />`}
  `;
}

/** @param {{ session: Session, close: () => void, done: () => void }} properties */
function Move({ session, close, done }) {
  const minutes = session.planned_minutes || USUAL;
  const lengths = [...new Set([...LENGTHS, minutes])].sort((a, b) => a - b);
  const form = useForm(async ({ start_time: start, planned_minutes: length, scope = "this" }) => {
    const body = { start_time: moment(start), planned_minutes: Number(length), scope };
    await patch("/api/havruta-sessions/{session_id}", { params: { session_id: session.id }, body, of: session });
    tell(t("study.moved"));
    close();
    done();
  });
  return html`
    <${Dialog} title=${t("study.move")} close=${close}>
      <${Form} of=${form}>
        <${Field} of=${form} name="start_time" type="datetime-local" label=${t("plan.start")} value=${wallTime(session.starts_at)} />
        <${Field} of=${form} name="planned_minutes" as="select" label=${t("plan.length")}>
          ${lengths.map((each) => html`<option value=${each} selected=${each === minutes}>${duration(each)}</option>`)}
        <//>
        <${ScopeField} session=${session} />
        <p><${Submit} of=${form}>${t("study.move_press")}<//></p>
      <//>
    <//>
  `;
}

/** @param {{ session: Session, close: () => void, done: () => void }} properties */
function Cancel({ session, close, done }) {
  const form = useForm(async ({ reason, scope = "this" }) => {
    const body = { reason: reason.trim() || null, scope };
    await post("/api/havruta-sessions/{session_id}/cancel", { params: { session_id: session.id }, body });
    close();
    done();
  });
  return html`
    <${Dialog} title=${t("study.cancel_title")} close=${close}>
      <${Form} of=${form}>
        <${ScopeField} session=${session} />
        <${Field} of=${form} name="reason" as="textarea" label=${t("havruta.reason")} hint=${t("study.reason_hint")} maxlength="500" optional />
        <div class="row">
          <button class="button danger" aria-disabled=${form.isBusy}>${t("study.cancel")}</button>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}
