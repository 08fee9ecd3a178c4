// @ts-check
/** A whiteboard of a tutor and a student: both draw, and each sees what the other draws. */
import { get, post, remove } from "../api.js";
import { isConnected, watch } from "../live.js";
import { AskButton } from "../parts/ask.js";
import { BoardCanvas } from "../whiteboard/board-canvas.js";
import { BoardPeople } from "../whiteboard/board-people.js";
import { FIRST_PEN, Pens } from "../whiteboard/board-pens.js";
import { useStrokes } from "../whiteboard/board-strokes.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { Refusal, Trouble } from "../parts/trouble.js";
import { go } from "../router.js";
import { pageOf } from "../routes.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { listed, t } from "../words.js";

/** @typedef {Schemas["Whiteboard"]} Board */

/** @param {{ id: string }} properties */
export default function Whiteboard({ id }) {
  const board = useLoaded((signal) => get("/api/whiteboards/{whiteboard_id}", { params: { whiteboard_id: id }, signal }), [id]);
  const strokes = useStrokes(id);
  const [isGone, setGone] = useState(false);

  function onEvent(/** @type {import("../live.js").LiveEvent} */ { type, data }) {
    if (type === "stroke") strokes.take(data);
    else if (type === "deleted" || type === "left") setGone(true);
    else if (type === "closed" || type === "reset") board.again();
    if (type === "reset") strokes.catchUp();
  }
  useEffect(() => watch(`whiteboard:${id}`, onEvent), [id]);
  if (isGone) return html`<${Trouble} problem=${{ status: 404, code: "not_found" }} />`;
  return html`
    <${Loaded} of=${board}>
      ${(/** @type {Board} */ found) => html`<${Shown} board=${found} strokes=${strokes} again=${board.again} />`}
    <//>
  `;
}

/** @param {{ board: Board, strokes: ReturnType<typeof useStrokes>, again: () => void }} properties */
function Shown({ board, strokes, again }) {
  const { closed_at: closed, tutor_id: tutor, student_id: student } = board;
  const own = account.value?.id;
  const isPart = own === tutor || own === student;
  const [pen, setPen] = useState(FIRST_PEN);
  const lesson = pageOf(`/api/enrollments/${board.enrolled_courses_id}`);
  const names = [board.tutor_display_name, board.student_display_name].map((name) => name || t("person.unknown"));
  return html`
    <div class="stack">
      <header class="stack tight">
        ${lesson !== "/" && html`<p><a href=${lesson}>${t("board.back")}</a></p>`}
        <${Title} of=${board.session_name || t("board.title")}><bdi>${board.session_name || t("board.title")}</bdi><//>
        <p class="row muted"><bdi>${listed(names)}</bdi> ${closed && html`<span class="badge plain">${t("board.closed")}</span>`}</p>
      </header>
      ${closed && html`<p class="notice">${t("board.closed_why")}</p>`}
      <${Refusal} problem=${strokes.problem} />
      ${isPart && !closed && html`<${Pens} pen=${pen} choose=${setPen} />`}
      <${BoardCanvas} done=${strokes.done} own=${strokes.own} pen=${pen} mayDraw=${isPart && !closed} onLine=${strokes.keep} />
      ${isPart && !closed && html`
        <p class="row apart small muted">
          <span id="board-keys">${t("board.keys")}</span>
          <span role="status" class="kept">${kept(strokes)}</span>
        </p>
      `}
      <${BoardPeople} strokes=${strokes.done} />
      ${own === tutor && html`<${Ends} board=${board} again=${again} />`}
    </div>
  `;
}

/** @param {{ unsent: number, isAway: boolean }} strokes */
function kept({ unsent, isAway }) {
  if (!unsent) return t("board.saved");
  return isConnected.value && !isAway ? t("board.sending") : t("board.kept", { count: unsent });
}

/** What only the tutor does. @param {{ board: Board, again: () => void }} properties */
function Ends({ board, again }) {
  const params = { whiteboard_id: board.id };
  async function close() {
    await post("/api/whiteboards/{whiteboard_id}/close", { params });
    again();
  }
  async function erase() {
    await remove("/api/whiteboards/{whiteboard_id}", { params });
    tell(t("board.deleted"));
    go(pageOf(`/api/enrollments/${board.enrolled_courses_id}`));
  }
  return html`
    <div class="row">
      ${!board.closed_at && html`
        <${AskButton} work=${close} kind="quiet" title=${t("board.close_title")} why=${t("board.close_why")}>${t("board.close")}<//>
      `}
      <${AskButton} work=${erase} title=${t("board.delete_title")} why=${t("board.delete_why")}>${t("board.delete")}<//>
    </div>
  `;
}
