// @ts-check
/** The document that an author writes: what its parts begin with, how it is changed, and what takers see of it. */
import { newKey } from "../api.js";

/** @typedef {Schemas["AssessmentDefinition"]} Definition */
/** @typedef {any} Part one of the eight kinds of question, each with fields of its own */
/** @typedef {(string | number)[]} Path */

export const TYPES = /** @type {const} */ ([
  "single_choice", "multiple_choice", "likert", "slider", "true_false", "number", "text", "ordering",
]);

/** A name within the document that nobody needs to see; it stays when the wording changes. @param {string} kind */
const key = (kind) => `${kind}-${newKey().slice(0, 10)}`;

export const newOption = () => ({ key: key("option"), text: "" });
export const newPage = () => ({ key: key("page"), title: "", questions: [] });
export const newDimension = () => ({ key: key("dimension"), title: "", method: "sum", bands: [] });

/** The band that goes on where the last one ends. @param {{ to: number }[]} bands */
export const newBand = (bands) => ({ from: bands.at(-1)?.to ?? 0, to: (bands.at(-1)?.to ?? 0) + 1, label: "" });

/** @param {string} type @returns {Part} */
export function newQuestion(type) {
  /** @type {Record<string, object>} */
  const own = {
    likert: { scale: { least: 1, most: 5 } },
    slider: { scale: { least: 0, most: 100 } },
    number: { least: 0, most: 100 },
    single_choice: { options: [newOption(), newOption()] },
    multiple_choice: { options: [newOption(), newOption()] },
    ordering: { options: [newOption(), newOption()] },
  };
  return { key: key("question"), type, text: "", ...own[type] };
}

/** What is at a path. @param {any} document @param {Path} path @returns {any} */
export const valueAt = (document, path) => path.reduce((part, name) => part?.[name], document);

/**
 * The document with another value at a path; one that is undefined is left out.
 * @param {any} document @param {Path} path @param {unknown} value @returns {any}
 */
export function changed(document, path, value) {
  if (!path.length) return value;
  const [name, ...rest] = path;
  const copy = Array.isArray(document) ? [...document] : { ...document };
  copy[name] = changed(copy[name], rest, value);
  if (copy[name] === undefined) delete copy[name];
  return copy;
}

/** @param {Definition} definition @param {(question: Part) => Part} change @returns {Definition} */
function withQuestions(definition, change) {
  const pages = (definition.pages || []).map((page) => ({ ...page, questions: (page.questions || []).map(change) }));
  return { ...definition, pages };
}

/** An ordering is edited in its right order. @param {Definition} definition */
export const toEdit = (definition) => withQuestions(definition, (question) => {
  if (question.type !== "ordering" || !question.correct) return question;
  const place = (/** @type {{ key: string }} */ option) => question.correct.indexOf(option.key);
  return { ...question, options: [...question.options].sort((one, other) => place(one) - place(other)) };
});

/** The right order is that of the options, if there is one. @param {Definition} definition */
export const toSave = (definition) => withQuestions(definition, (question) => {
  if (question.type !== "ordering" || !question.correct) return question;
  return { ...question, correct: question.options.map((/** @type {{ key: string }} */ option) => option.key) };
});

/** A question as a taker sees it. @param {Part} question @param {number} id @returns {Schemas["ShownQuestion"]} */
export function asShown(question, id) {
  const { type, text, required = true, scale, options, least, most } = question;
  return {
    id, type, text, required, options,
    scale: scale && { step: 1, least_label: "", most_label: "", ...scale },
    bounds: type === "number" ? { least, most } : undefined,
    least_choices: question.least_choices ?? 1,
    most_choices: question.most_choices ?? options?.length,
    most_characters: question.most_characters ?? 1000,
  };
}
