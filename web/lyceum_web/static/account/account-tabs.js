// @ts-check
/** The head of each page about the person's own account, and the way to the others. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Tabbed } from "../parts/tabbed.js";

const TABS = [
  { address: "/account", words: "account.profile" },
  { address: "/account/security", words: "account.security" },
  { address: "/account/devices", words: "account.devices" },
  { address: "/account/notifications", words: "account.notifications" },
  { address: "/account/people", words: "account.people" },
  { address: "/account/data", words: "account.data" },
];

/** @param {{ children: unknown }} properties */
export function AccountPage({ children }) {
  return html`<${Tabbed} tabs=${TABS} label=${t("account.tabs")} class="narrow">${children}<//>`;
}
