// @ts-check
/** Pages that are read again when something happens to the person. */
import { OWN, watch } from "../live.js";
import { useEffect } from "../vendor/ui.js";

/** @param {() => void} again */
export function useOwnEvents(again) {
  useEffect(() => {
    // A stream that is there already began before the page was read.
    let isThere = true;
    const end = watch(OWN, () => isThere || again());
    isThere = false;
    return end;
  }, []);
}
