// @ts-check
/** How much time is left: shown all the while, and said to screen readers when it matters. */
import { MINUTE } from "../time.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";

const SECOND = 1000;
const SAID_AT = [30 * MINUTE, 10 * MINUTE, 5 * MINUTE, MINUTE, 30 * SECOND];

/** @param {{ until: string, onEnd: () => void }} properties */
export function Countdown({ until, onEnd }) {
  const end = new Date(until).getTime();
  const [left, setLeft] = useState(() => end - Date.now());
  const [said, setSaid] = useState("");
  const isOver = left <= 0;

  useEffect(() => {
    let before = end - Date.now();
    function tick() {
      const now = end - Date.now();
      if (SAID_AT.some((mark) => now <= mark && mark < before)) setSaid(t("countdown.left", { time: clock(now) }));
      before = now;
      setLeft(now);
    }
    const ticking = setInterval(tick, SECOND);
    return () => clearInterval(ticking);
  }, [end]);
  useEffect(() => {
    if (isOver) onEnd();
  }, [isOver]);

  return html`
    <p class="countdown ${left < MINUTE ? "short" : ""}" role="timer" aria-label=${t("countdown.label")}>
      ${t("countdown.left", { time: clock(left) })}
    </p>
    <p class="for-readers" role="status">${isOver ? t("countdown.over") : said}</p>
  `;
}

/** Minutes and seconds, as a clock shows them. @param {number} left */
function clock(left) {
  const seconds = Math.max(0, Math.ceil(left / SECOND));
  const twoDigits = { minimumIntegerDigits: 2 };
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${number(minutes)}:${number(seconds % 60, twoDigits)}`;
  return `${number(Math.floor(minutes / 60))}:${number(minutes % 60, twoDigits)}:${number(seconds % 60, twoDigits)}`;
}
