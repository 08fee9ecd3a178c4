// @ts-check
/** What was typed into a form, so that it can be filled in again. Passwords and codes are left out. */

/** @typedef {[name: string, value: string][]} Typed */

const SECRET = new Set(["password", "file", "hidden"]);

/** The fields that are kept. @param {HTMLFormElement} form @returns {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]} */
export function fieldsOf(form) {
  const all = /** @type {HTMLInputElement[]} */ ([...form.elements]);
  return all.filter(({ name, type, autocomplete }) => name && !SECRET.has(type) && autocomplete !== "one-time-code");
}

/** @param {HTMLFormElement} form @returns {Typed} */
export function typedIn(form) {
  const names = new Set(fieldsOf(form).map((field) => field.name));
  const all = /** @type {Typed} */ ([...new FormData(form)]);
  return all.filter(([name]) => names.has(name));
}

/** @param {HTMLFormElement} form @param {Typed} typed */
export function fillIn(form, typed) {
  for (const field of fieldsOf(form)) {
    const values = typed.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
}
