// @ts-check
/** Small drawings on a grid of 24, in the colour of the text round them. They say nothing that words do not. */
import { html } from "../vendor/ui.js";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  bell: "M6 16V11a6 6 0 1112 0v5l1.5 2h-15zM10 20.5h4",
  board: "M4 5h16v11H4zM8 20l4-4 4 4",
  book: "M12 6c-2-1.6-5-2-8-2v14c3 0 6 .4 8 2 2-1.6 5-2 8-2V4c-3 0-6 .4-8 2zM12 6v14",
  calendar: "M4 6h16v14H4zM4 10.5h16M8 3v4M16 3v4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9.500l6 6 6-6",
  home: "M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  pencil: "M5 19l1-4L16 5l3 3L9 18z",
  people: "M9 11a3.2 3.2 0 100-6.4A3.2 3.2 0 009 11zM3 19.5c.4-3.4 2.8-5 6-5s5.600 1.600 6 5M16 5a3 3 0 010 6M17 14.700c2.300.3 3.700 1.800 4 4.800",
  pin: "M12 21c-4-4.500-6-7.700-6-11a6 6 0 1112 0c0 3.300-2 6.500-6 11zM12 12.500a2.300 2.300 0 100-4.600 2.300 2.300 0 000 4.600z",
  quiz: "M6 3.500h12v17H6zM9 8.500h6M9 12.500h6M9 16.500h3",
  search: "M11 18a7 7 0 100-14 7 7 0 000 14zM16.200 16.200L21 21",
  send: "M4 12l16-8-6 16-3-7z",
  tutor: "M3 9l9-4 9 4-9 4zM7 11v5c3 2.200 7 2.200 10 0v-5M21 9v6",
  up: "M6 14.500l6-6 6 6",
};

/** @param {{ name: keyof typeof PATHS }} properties */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
