// @ts-check
/** What the members of a havruta write to each other. */
import { watch } from "../live.js";
import { html, useEffect, useMemo } from "../vendor/ui.js";
import { t } from "../words.js";
import { conversationOf, ofHavruta } from "../conversation/conversation.js";
import { Conversation } from "../conversation/conversation-log.js";

/** @param {{ havruta: Schemas["Havruta"] }} properties */
export function HavrutaTalk({ havruta: { id, owner_id: owner, archived_at: archived } }) {
  const talk = useMemo(() => conversationOf(ofHavruta(id)), [id]);
  useEffect(() => {
    talk.refresh();
    const stop = talk.outbox.start();
    const leave = watch(`havruta:${id}`, (event) => {
      if (event.type === "reset") talk.refresh();
      else if (event.type.startsWith("message")) talk.hear(event).catch(talk.refresh);
    });
    return () => {
      stop();
      leave();
    };
  }, [talk]);
  return html`<${Conversation} talk=${talk} leader=${owner} leads=${t("havruta.owner")} closed=${archived && t("havruta.closed_talk")} />`;
}
