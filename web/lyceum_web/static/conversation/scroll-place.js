// @ts-check
/** Keeps the place in something that scrolls, while more comes above or below: the end stays the end. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "../vendor/ui.js";

const NEAR_END = 48; // pixels

/** @returns {{ box: import("preact").RefObject<HTMLDivElement | null>, isAtEnd: boolean, onScroll: () => void, toEnd: () => void }} */
export function useScrollPlace() {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const place = useRef({ isAtEnd: true, mark: /** @type {HTMLElement | undefined} */ (undefined), above: 0 });
  const [isAtEnd, setAtEnd] = useState(true);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    // The heading of a day goes up with what comes above.
    const mark = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("li:not(.day)")]).find((each) => each.offsetTop + each.offsetHeight > scrollTop);
    const isEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    place.current = { isAtEnd: isEnd, mark, above: (mark?.offsetTop || 0) - scrollTop };
    setAtEnd(isEnd);
  }, []);

  const restore = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const { isAtEnd: isEnd, mark, above } = place.current;
    if (isEnd) element.scrollTop = element.scrollHeight;
    else if (mark?.isConnected) element.scrollTop = mark.offsetTop - above;
  }, []);

  const toEnd = useCallback(() => {
    place.current.isAtEnd = true;
    restore();
  }, []);

  useLayoutEffect(restore);
  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (box.current);
    const sizes = new ResizeObserver(restore);
    for (const each of [element, ...element.querySelectorAll("ol")]) sizes.observe(each);
    return () => sizes.disconnect();
  }, []);
  return { box, isAtEnd, onScroll, toEnd };
}
