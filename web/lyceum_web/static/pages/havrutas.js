// @ts-check
/** The person's havrutas: what is live and what comes next, invitations that wait, and a new one. */
import { get, post } from "../api.js";
import { OWN, watch } from "../live.js";
import { BookField, named } from "../havruta/book-field.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { HavrutaCard } from "../havruta/havruta-card.js";
import { answersTo, Invitation } from "../parts/invitation.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { atField } from "../havruta/reference-field.js";
import { Title } from "../parts/title.js";
import { go, note, place } from "../router.js";
import { account } from "../sign-in.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";

export default function Havrutas() {
  const [isArchive, setArchive] = useState(() => place.value.query.has("archived"));
  // The person has found a text elsewhere, and wants to study it.
  const [isNew, setNew] = useState(() => place.value.query.has("book"));
  const havrutas = usePages("/api/havrutas", { query: { archived: isArchive } }, [isArchive]);
  const { again } = havrutas;
  useEffect(() => watch(OWN, again), [again]);

  function show(/** @type {boolean} */ archived) {
    setArchive(archived);
    note({ archived: archived || "" });
  }
  return html`
    <div class="narrow stack wide">
      <div class="row apart">
        <${Title} of=${t("havrutas.title")} />
        <span class="row">
          <a href="/texts">${t("texts.title")}</a>
          <a href="/notes">${t("own_notes.title")}</a>
          <button type="button" class="button" onClick=${() => setNew(true)}>${t("havrutas.new")}</button>
        </span>
      </div>
      ${account.value?.email_verified && html`<${Waiting} />`}
      <section class="stack" aria-label=${t("havrutas.title")}>
        <div class="row" role="group" aria-label=${t("havrutas.which")}>
          <button type="button" class="button quiet" aria-pressed=${!isArchive} onClick=${() => show(false)}>${t("havrutas.present")}</button>
          <button type="button" class="button quiet" aria-pressed=${isArchive} onClick=${() => show(true)}>${t("havrutas.archived")}</button>
        </div>
        <${Loaded} of=${havrutas}>
          ${(/** @type {Schemas["HavrutaPage"]} */ { items }) => html`
            ${items.length === 0 && html`<p class="empty">${t(isArchive ? "havrutas.none_archived" : "havrutas.none")}</p>`}
            <ul role="list" class="stack">
              ${items.map((each) => html`<li key=${each.id}><${HavrutaCard} havruta=${each} /></li>`)}
            </ul>
            <${More} of=${havrutas} />
          `}
        <//>
      </section>
      ${isNew && html`<${Dialog} title=${t("havrutas.new")} close=${() => setNew(false)}><${NewHavruta} /><//>`}
    </div>
  `;
}

/** Invitations that are not answered; nothing if there is none. */
function Waiting() {
  const invitations = usePages("/api/invitations/mine", {}, []);
  const { again, value } = invitations;
  useEffect(() => watch(OWN, again), [again]);
  if (!value?.items.length) return null;
  return html`
    <section class="stack">
      <h2>${t("invitations.title")}</h2>
      <ul role="list" class="stack">
        ${value.items.map((/** @type {Schemas["ReceivedInvitation"]} */ each) => html`
          <li key=${each.id}><${Invitation} invitation=${each} ...${answersTo(each.id)} canAccept /></li>
        `)}
      </ul>
      <${More} of=${invitations} />
    </section>
  `;
}

function NewHavruta() {
  const [book, setBook] = useState(/** @type {Schemas["Text"] | null} */ (null));
  useEffect(() => {
    const found = place.value.query.get("book");
    if (found) get("/api/texts/{book}", { params: { book: found } }).then(setBook, () => {});
  }, []);
  const form = useForm(async (values, key) => {
    const wanted = book && values.book === named(book) ? book.name : values.book;
    try {
      const { id } = await post("/api/havrutas", { body: { name: values.name, book: wanted }, key });
      go(`/havrutas/${id}`);
    } catch (problem) {
      throw atField(problem, "book");
    }
  });
  return html`
    <${Form} of=${form}>
      <${BookField} book=${book} onPick=${setBook} error=${form.errors.book} />
      <${Field} of=${form} name="name" label=${t("havrutas.name")} hint=${t("havrutas.name_hint")} maxlength="100" />
      <p><${Submit} of=${form}>${t("havrutas.create")}<//></p>
    <//>
  `;
}
