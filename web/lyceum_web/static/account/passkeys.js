// @ts-check
/** Passkeys (WebAuthn, level 3): the browser asks the person's device, and the platform checks what it says. */
import { post, Problem } from "../api.js";

const CALLED_OFF = ["AbortError", "NotAllowedError"];
/** What it means that the browser refuses, by the name of its error. @type {Record<string, string>} */
const REFUSALS = { InvalidStateError: "passkey_here", SecurityError: "passkeys_unavailable" };

/** Whether this browser can use them; it needs a page that came over TLS or from this machine. */
export function canUsePasskeys() {
  return Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);
}

/** Sign in with one of the passkeys on this device; null if the person has called it off. */
export async function signInByPasskey() {
  const options = await post("/api/auth/passkeys/options");
  const credential = await asked(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  );
  return credential && post("/web/sign-in/passkey", { body: { credential: credential.toJSON() } });
}

/** Make a passkey on this device, as the options say; null if the person has called it off. @param {any} options */
export async function makePasskey(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  return credential && credential.toJSON();
}

/** @param {() => Promise<any>} ask */
async function asked(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (CALLED_OFF.includes(error.name)) return null;
    throw new Problem(409, { code: REFUSALS[error.name] || "unknown" });
  }
}
