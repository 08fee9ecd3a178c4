// @ts-check
/** The head of each page about the person's own account, and the way to the others. */
import { place } from "../router.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Title } from "../parts/title.js";

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
  const { path } = place.value;
  const current = TABS.find((tab) => tab.address === path) || TABS[0];
  return html`
    <div class="narrow stack wide">
      <header class="stack">
        <${Title} of=${t(current.words)} />
        <nav class="tabs" aria-label=${t("account.tabs")}>
          ${TABS.map(({ address, words }) => html`
            <a href=${address} aria-current=${address === path ? "page" : undefined}>${t(words)}</a>
          `)}
        </nav>
      </header>
      ${children}
    </div>
  `;
}
