// @ts-check
/**
 * The strokes of a whiteboard: those of the platform in their order, and the person's own that are not there yet.
 * What is drawn is kept in this browser until the platform has it; sent twice, it is drawn once.
 */
import { get, newKey, post, Problem } from "../api.js";
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { account } from "../sign-in.js";
import { useEffect, useRef, useState } from "../vendor/ui.js";

const MOST_READ = 100;
const MOST_SENT = 20;
const AGAIN_AFTER = 3_000; // milliseconds

/** @typedef {Schemas["Stroke"]} Stroke */
/** @typedef {{ client_id: string, operation: import("./board.js").Line }} Own */

/** @param {string} id of the board */
export function useStrokes(id) {
  const place = `whiteboard:${id}`;
  const params = { whiteboard_id: id };
  const done = useRef(/** @type {Stroke[]} */ ([]));
  /** Drawn here, and not yet seen among those of the platform. */
  const own = useRef(/** @type {Own[]} */ (draftOf(place, [])));
  const work = useRef({ reading: Promise.resolve(), isSending: false, isBehind: true });
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [isAway, setAway] = useState(false);
  const [, setCount] = useState(0);
  const changed = () => setCount((last) => last + 1);

  /** What the platform has more than this page; one after another. */
  function catchUp() {
    work.current.reading = work.current.reading.then(read);
  }
  async function read() {
    work.current.isBehind = true;
    let found;
    do {
      const query = { after: done.current.at(-1)?.seq || 0, limit: MOST_READ };
      const answer = get("/api/whiteboards/{whiteboard_id}/strokes", { params, query });
      found = (await answer.catch(() => null))?.items;
      if (!found) return;
      for (const stroke of found) add(stroke);
      changed();
    } while (found.length === MOST_READ);
    work.current.isBehind = false;
  }
  function add(/** @type {Stroke} */ stroke) {
    if (stroke.seq <= (done.current.at(-1)?.seq || 0)) return;
    done.current.push(stroke);
    if (stroke.author_id !== account.value?.id) return;
    own.current = own.current.filter(({ client_id: key }) => key !== stroke.client_id);
  }
  /** Of the live stream, where long strokes come without what was drawn. @param {any} stroke */
  function take(stroke) {
    // After what is being read: it comes before this.
    work.current.reading = work.current.reading.then(() => {
      if (!stroke.operation || work.current.isBehind) return read();
      add(stroke);
      return changed();
    });
  }
  function keep(/** @type {import("./board.js").Line} */ operation) {
    const stroke = { client_id: newKey(), operation };
    own.current.push(stroke);
    keepDraft(place, [...draftOf(place, []), stroke]);
    changed();
    send();
  }
  async function send() {
    if (work.current.isSending) return;
    work.current.isSending = true;
    try {
      for (let next = waiting(); next.length; next = waiting()) {
        await post("/api/whiteboards/{whiteboard_id}/strokes", { params, body: { strokes: next } });
        drop(next);
        setProblem(null);
        setAway(false);
      }
    } catch (error) {
      refuse(error);
    } finally {
      work.current.isSending = false;
      changed();
    }
  }
  const waiting = () => draftOf(place, /** @type {Own[]} */ ([])).slice(0, MOST_SENT);
  function drop(/** @type {Own[]} */ sent) {
    const keys = new Set(sent.map(({ client_id: key }) => key));
    const left = draftOf(place, /** @type {Own[]} */ ([])).filter(({ client_id: key }) => !keys.has(key));
    if (left.length) keepDraft(place, left);
    else dropDraft(place);
  }
  function refuse(/** @type {unknown} */ error) {
    if (!(error instanceof Problem)) throw error;
    if (error.isPassing || error.status === 401 || error.status === 429) {
      setAway(true);
      return;
    }
    // It would be refused again: a board that is closed or full takes nothing more.
    dropDraft(place);
    own.current = [];
    setProblem(error);
  }
  useEffect(() => {
    const timer = setInterval(() => {
      send();
      if (work.current.isBehind) catchUp();
    }, AGAIN_AFTER);
    addEventListener("online", send);
    send();
    return () => {
      clearInterval(timer);
      removeEventListener("online", send);
    };
  }, [id]);
  return { done: done.current, own: own.current, unsent: draftOf(place, []).length, isAway, problem, catchUp, take, keep };
}
