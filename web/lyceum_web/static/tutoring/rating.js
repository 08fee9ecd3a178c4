// @ts-check
/** How good something was, from one to five: in words, not in stars alone. */
import { html } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Choices } from "../parts/choices.js";

const STEPS = [1, 2, 3, 4, 5];

/** What students say of a tutor. @param {{ of: { average: number | null, count: number } }} properties */
export function StudentsRating({ of: { average, count } }) {
  if (average === null) return html`<span class="muted">${t("rating.none")}</span>`;
  const shown = number(average, { maximumFractionDigits: 1 });
  return html`
    <span class="rating"><span class="star" aria-hidden="true">★</span>${" "}${t("rating.by_students", { average: shown, count })}</span>
  `;
}

/** One opinion. @param {{ value: number }} properties */
export function Rated({ value }) {
  return html`
    <span class="rating">
      <span class="star" aria-hidden="true">${"★".repeat(value)}${"☆".repeat(5 - value)}</span>${" "}${t(`rating.${value}`)}
    </span>
  `;
}

/** @param {{ name: string, label: string, value?: number }} properties */
export function RatingField({ name, label, value }) {
  const choices = STEPS.map((step) => [step, `${number(step)} – ${t(`rating.${step}`)}`]);
  return html`<${Choices} name=${name} label=${label} value=${value} choices=${choices} required side />`;
}
