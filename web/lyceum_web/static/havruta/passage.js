// @ts-check
/** The passage that is studied: what it is called in both languages. */
import { html } from "../vendor/ui.js";
import { language } from "../words.js";
import { Title } from "../parts/title.js";

/** @param {{ name: string, hebrew: string | null | undefined }} properties `name` is as the API writes it */
export function Passage({ name, hebrew }) {
  const isHebrew = language.value === "he" && hebrew;
  const first = isHebrew ? { text: hebrew, tag: "he" } : { text: name, tag: "en" };
  const second = isHebrew ? { text: name, tag: "en" } : { text: hebrew, tag: "he" };
  return html`
    <article class="passage">
      <${Title} of=${first.text}><bdi lang=${first.tag}>${first.text}</bdi><//>
      <p class="other-name"><bdi lang=${second.tag}>${second.text}</bdi></p>
    </article>
  `;
}
