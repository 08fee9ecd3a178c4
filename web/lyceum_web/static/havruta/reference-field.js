// @ts-check
/** References and books, named in the language of the page. */
import { Problem } from "../api.js";
import { resolve } from "./references.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { language, t } from "../words.js";

/**
 * What the catalogue knows of a reference; null until it is here.
 * @param {string | null | undefined} ref
 */
export function useReference(ref) {
  const [found, setFound] = useState(/** @type {{ asked?: string, reference?: import("./references.js").Reference }} */ ({}));
  useEffect(() => {
    let isCurrent = true;
    if (ref) resolve(ref).then((reference) => isCurrent && setFound({ asked: ref, reference }), () => {});
    return () => {
      isCurrent = false;
    };
  }, [ref]);
  return (found.asked === ref && found.reference) || null;
}

/** A passage, a range or a book. @param {{ of: string }} properties `of` is as the API writes it */
export function Ref({ of: ref }) {
  const isHebrew = language.value === "he";
  const found = useReference(isHebrew ? ref : null);
  return html`<bdi class="ref">${found?.hebrew_ref || ref}</bdi>`;
}

/**
 * Why the platform knows no such passage, as what is wrong with the field of this name.
 * @param {unknown} problem @param {string} field
 */
export function atField(problem, field) {
  if (!(problem instanceof Problem)) return problem;
  const { nearest, meanings } = /** @type {{ nearest?: string, meanings?: string[] }} */ (problem.document);
  const isPlain = problem.code === "unknown_book" && !nearest;
  const words = {
    unknown_book: isPlain ? "reference.no_book" : "reference.other_name",
    ambiguous_reference: "reference.ambiguous",
    reference_out_of_range: "reference.out_of_range",
    not_one_passage: "reference.out_of_range",
    malformed_reference: "reference.malformed",
    other_book: "reference.other_book",
  }[problem.code];
  if (!words) return problem;
  const detail = t(words, { nearest: nearest || "", meanings: (meanings || []).join(", ") });
  return new Problem(problem.status, { ...problem.document, errors: [{ pointer: `/${field}`, detail }] });
}
