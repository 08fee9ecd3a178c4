// @ts-check
/** The state of a session in which people turn the pages together, as its events change it. */

/** @typedef {Schemas["SessionState"]} State */
/** @typedef {import("../live.js").LiveEvent} LiveEvent */

/**
 * The state after an event; null if it has to be read again.
 * @param {State} state @param {LiveEvent} event @returns {State | null}
 */
export function after(state, { type, seq, data }) {
  if (!seq || seq > state.seq + 1) return null;
  if (seq <= state.seq) return state;
  const next = { ...state, seq };
  if (type === "moved") return { ...next, ref: data.ref, hebrew_ref: data.hebrew_ref };
  if (type === "joined") return { ...next, present: [...without(state, data.user_id), data] };
  if (type === "left") return { ...next, present: without(state, data.user_id) };
  if (type === "navigator_changed") {
    return { ...next, mode: data.mode, navigator_id: data.navigator_id, navigator_display_name: data.navigator_display_name };
  }
  return null;
}

/** The one of which more is known. @param {State} read @param {State | undefined} known */
export const newer = (read, known) => (known && known.seq > read.seq ? known : read);

/** Who is present but this person. @param {State} state @param {string} person */
const without = ({ present }, person) => present.filter(({ user_id: id }) => id !== person);
